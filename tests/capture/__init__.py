"""Tests of streams.capture."""
