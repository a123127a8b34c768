"""Stateful stand-ins for other people's systems."""
