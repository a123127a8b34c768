"""The connector of an ERP that serves `contract.yaml`, or one that a profile describes; and the way for other transports."""

from connectors.erp.adapter import Adapter, adapter_of
from connectors.erp.profile import Profile, load_profile
from connectors.erp.sink import ErpConnector

__all__ = ["Adapter", "ErpConnector", "Profile", "adapter_of", "load_profile"]
