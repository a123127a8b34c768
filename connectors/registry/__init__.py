"""A Confluent-compatible schema registry: its REST API, and the wire format that names schemas by its ids."""

from connectors.registry.api import Registry
from connectors.registry.framing import Confluent

__all__ = ["Confluent", "Registry"]
