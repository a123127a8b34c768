"""The calls of the contract, one file per verb; each takes the ERP, the entity and the request."""
