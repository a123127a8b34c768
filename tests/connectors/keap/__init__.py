"""Tests of Keap's connector."""
