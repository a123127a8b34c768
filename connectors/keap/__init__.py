"""Keap's connector, REST v2."""

from connectors.keap.sink import KeapConnector

__all__ = ["KeapConnector"]
