"""The connector of an ERP that serves `contract.yaml`."""

from connectors.erp.sink import ErpConnector

__all__ = ["ErpConnector"]
