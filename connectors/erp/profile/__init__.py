"""How an ERP looks: the contract's own look, or that of a file."""

from connectors.erp.profile.load import load_profile
from connectors.erp.profile.shape import CONTRACT, Profile

__all__ = ["CONTRACT", "Profile", "load_profile"]
