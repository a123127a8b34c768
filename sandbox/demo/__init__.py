"""The demo: the whole system on one machine, fed, watched, edited, and compared field by field."""
