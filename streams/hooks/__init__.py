"""Hooks are hints: received, verified, answered at once, and handed to capture, which reads the record itself."""
