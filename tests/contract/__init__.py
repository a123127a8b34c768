"""Property-based tests of written contracts against the servers that keep them."""
