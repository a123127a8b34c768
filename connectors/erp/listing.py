"""What a list is asked for: everything, or what changed since a time, in the best of three ways that the ERP offers."""

from __future__ import annotations

from typing import Literal

from connectors.erp.capabilities import Capabilities
from connectors.erp.profile.shape import Listing, Params, Values
from connectors.erp.profile.spell import write_time

Way = Literal["since", "newest_first", "scan"]


def way_of(listing: Listing, offers: Capabilities) -> Way:
    """Return how changes are found (`connectors.base.Traits.changes`)."""
    if listing.since is not None and offers.updated_since:
        return "since"
    return "scan" if listing.newest_first is None else "newest_first"


def list_params(listing: Listing, offers: Capabilities, values: Values, since: int | None) -> Params:
    """Return what to ask for changes since a time (ms), or for everything that is not deleted.

    Where the ERP can only be scanned, changes are everything, deleted records among them.
    """
    if since is None:
        return listing.always
    asked = listing.always | (listing.with_deleted if offers.soft_delete else {})
    match way_of(listing, offers):
        case "since":
            return asked | {str(listing.since): str(write_time(values, since))}
        case "newest_first":
            return asked | (listing.newest_first or {})
        case "scan":
            return asked
