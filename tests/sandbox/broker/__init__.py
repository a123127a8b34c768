"""Tests of the broker launcher."""
