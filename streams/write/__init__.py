"""Sinks: compare, write, read back; what became of each command is its Outcome."""
