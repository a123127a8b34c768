"""What an ERP offers, as it says itself at `/capabilities`."""

from __future__ import annotations

import msgspec


class RateLimit(msgspec.Struct, frozen=True):
    """Calls that the ERP takes a minute."""

    per_minute: int | None = None


class Capabilities(msgspec.Struct, frozen=True):
    """The switches of the contract; one that an ERP does not name counts as offered, as the contract is whole."""

    updated_since: bool = True
    versions: bool = True
    idempotency: bool = True
    external_id: bool = True
    soft_delete: bool = True
    webhooks: bool = False
    rate_limit: RateLimit = RateLimit()
    max_page: int = 500
