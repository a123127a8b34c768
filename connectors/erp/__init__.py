"""The ERP edge: an ERP that serves `contract.yaml`."""
