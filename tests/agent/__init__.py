"""The deciding agent around the core."""
