"""A worked example of an adapter, and its test."""
