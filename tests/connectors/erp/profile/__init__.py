"""An ERP of another look, described by a file."""
