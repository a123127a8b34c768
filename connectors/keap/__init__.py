"""The Keap edge: REST v2."""
