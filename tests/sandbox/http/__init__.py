"""Tests of what the sandbox servers share."""
