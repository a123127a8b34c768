"""The reference ERP: a server of its own that keeps every clause of the ERP contract and knows nothing of its clients."""
