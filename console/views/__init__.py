"""How what was read is put on a page: one view per file."""
