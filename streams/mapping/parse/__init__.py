"""Mapping files to mappings: `document` reads YAML with its lines, `row`, `rules` and `flow` turn it into a FlowMapping.

No reader stops at a fault: it notes it with its line and goes on, so that a user sees everything at once.
"""

from streams.mapping.parse.document import Faults, Node, read
from streams.mapping.parse.flow import parse
from streams.mapping.parse.row import Context

__all__ = ["Context", "Faults", "Node", "parse", "read"]
