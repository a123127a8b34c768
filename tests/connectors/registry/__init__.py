"""Tests of the registry form of the wire format, against a real registry."""
