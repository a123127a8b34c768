"""Sample data for the two systems, and the truth about it: which records are twins, which nobody can tell."""

from sandbox.data.generate import SMALL, generate
from sandbox.data.northwind import DataError, load_northwind
from sandbox.data.seeds import COLLECTIONS, Group, Seeds, Truth

__all__ = ["COLLECTIONS", "SMALL", "DataError", "Group", "Seeds", "Truth", "generate", "load_northwind"]
