"""Composition roots: one module per process, from settings to a running stage."""
