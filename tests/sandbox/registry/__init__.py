"""Tests of the registry's launcher."""
