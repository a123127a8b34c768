"""Tests of `connectors.oauth`."""
