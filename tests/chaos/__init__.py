"""Storms over the whole system."""
