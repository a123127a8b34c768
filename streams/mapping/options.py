"""What the mapping needs to know of a connection, as plain data."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from schemas.flows import Flow


@dataclass(frozen=True, slots=True)
class MappingOptions:
    """The settings of one connection that change how values are read, written and compared."""

    default_country: str = "US"
    """ISO 3166 alpha-2: the country of phone numbers written without one."""
    keap_zone: str = "UTC"
    """IANA name of the Keap account's zone, in which its instants become dates."""
    erp_zone: str = "UTC"
    """IANA name of the ERP's zone."""
    keap_stamp_field: str | None = "keapsync id"
    """Label of the Keap custom field that carries the link id; None where the account has none."""
    custom_fields: Mapping[Flow, Collection[str]] | None = field(default_factory=dict)
    """Labels of the custom fields that the Keap account has: optional rows on others are left out. None takes every row for active."""
    lacking: Mapping[Flow, Collection[str]] = field(default_factory=dict)
    """Properties of the contract that this ERP does not have: optional rows on them are left out."""
    currency: str | None = None
    """ISO 4217: the Keap account's. None where it is not known: then amounts are taken as they come."""
