"""Tests of streams.write."""
