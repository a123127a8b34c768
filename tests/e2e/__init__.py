"""The whole system as processes, from outside."""
