"""The look of an ERP's API as data; every default is what `contract.yaml` says, so a profile names only what differs.

A *place* is a path with points into JSON (`meta.total`); the empty one is the whole.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from connectors.erp.capabilities import Capabilities
from connectors.erp.properties import COLLECTIONS, LOOK_UPS
from schemas.flows import Flow

Params = dict[str, str]
"""Query parameters."""


class Auth(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the token goes; an empty scheme sends it bare."""

    header: str = "authorization"
    scheme: str = "Bearer"


class Envelope(Struct, frozen=True, forbid_unknown_fields=True):
    """Places of records in bodies.

    Attributes:
        items: the records of a list; a bare array counts as being at `items`.
        record: the record of an answer to a read or a write.
        sent: where a write puts the record it sends.
    """

    items: str = "items"
    record: str = ""
    sent: str = ""


class Paging(Struct, frozen=True, forbid_unknown_fields=True):
    """How the next page is asked for.

    Attributes:
        style: `cursor`: by what the page before says at `next`. `link`: by the parameters of its `Link: rel=next` header. `page`, `offset`:
            by a number; let `listing.always` order the rows so that none moves between pages: by id, by creation.
        parameter: carries the cursor, the number of the page or of the first record.
        size: parameter of the page's size; None where it cannot be chosen.
        next: place of the next cursor.
        first: number of the first page.
        total: place of the number of all records; it tells that records were deleted while pages were read.
    """

    style: Literal["cursor", "page", "offset", "link"] = "cursor"
    parameter: str = "cursor"
    size: str | None = "limit"
    next: str = "next_cursor"
    first: int = 1
    total: str | None = None


class Listing(Struct, frozen=True, forbid_unknown_fields=True):
    """What lists can be asked.

    Attributes:
        since: parameter: records changed at or after a time. None: there is none.
        with_deleted: sent with a list of changes where deleted records can be read.
        newest_first: sent to order records by their change, newest first; None: cannot be ordered so. Asked only without `since`.
        always: sent with every list.
    """

    since: str | None = "updated_since"
    with_deleted: Params = field(default_factory=lambda: {"include_deleted": "true"})
    newest_first: Params | None = None
    always: Params = {}


class Record(Struct, frozen=True, forbid_unknown_fields=True):
    """Places of what the ERP says about a record; None: it does not. `deleted` holds a time or a flag."""

    id: str = "id"
    version: str | None = "version"
    created_at: str | None = "created_at"
    updated_at: str | None = "updated_at"
    updated_by: str | None = "updated_by"
    deleted: str | None = "deleted_at"


class Writing(Struct, frozen=True, forbid_unknown_fields=True):
    """How writes are sent.

    Attributes:
        update: the verb that changes only the properties it is sent.
        media_type: of an update's body.
        key: header of the idempotency key.
        match: header of the version an update is made on.
        holder: place, in the refusal of a taken stamp, of the id of the record that has it.
        current: place, in the refusal of an update on another version, of the record as it is.
    """

    update: Literal["PATCH", "PUT", "POST"] = "PATCH"
    media_type: str = "application/merge-patch+json"
    key: str = "idempotency-key"
    match: str = "if-match"
    holder: str = "existing_id"
    current: str = "current"


class Values(Struct, frozen=True, forbid_unknown_fields=True):
    """How values are spelled.

    Attributes:
        ids: of records, in references too.
        decimals: numbers are read and written exactly, never as floats.
        times: ISO 8601 text, or a count since the epoch.
        rounded_ms: how far a shown time may lie from the true one: 1000 for whole seconds.
    """

    ids: Literal["string", "integer"] = "string"
    decimals: Literal["string", "number"] = "string"
    times: Literal["iso", "seconds", "milliseconds"] = "iso"
    rounded_ms: Annotated[int, Meta(ge=0)] = 0


class Entity(Struct, frozen=True, forbid_unknown_fields=True):
    """One collection.

    Attributes:
        path: behind `base`; None: the contract's name.
        names: property -> its place, None where this ERP has no such property. One that the contract does not know is this ERP's own. What
            is not named is called as in the contract, in the profile's `case`.
        look_ups: property -> parameter that lists the records with exactly that value; None: the contract's.
        paging, listing: where this collection differs from the others.
    """

    path: str | None = None
    names: dict[str, str | None] = {}
    look_ups: Params | None = None
    paging: Paging | None = None
    listing: Listing | None = None


class Profile(Struct, frozen=True, forbid_unknown_fields=True):
    """An ERP's look.

    Attributes:
        base: what stands between the settings' URL and a collection.
        offers: its capabilities; None: it is asked at `/capabilities`.
        case: how the contract's names are spelled where `names` does not say.
        entities: by the contract's name of the collection.
    """

    base: str = "/api/v1"
    offers: Capabilities | None = None
    case: Literal["snake", "camel"] = "snake"
    auth: Auth = Auth()
    envelope: Envelope = Envelope()
    paging: Paging = Paging()
    listing: Listing = Listing()
    record: Record = Record()
    writing: Writing = Writing()
    values: Values = Values()
    entities: dict[Literal["customers", "contacts", "orders", "products"], Entity] = {}

    def entity(self, flow: Flow) -> Entity:
        """Return a flow's collection."""
        return self.entities.get(COLLECTIONS[flow], Entity())  # type: ignore[call-overload, no-any-return]

    def path(self, flow: Flow) -> str:
        """Return where a flow's records are, behind `base`."""
        return self.entity(flow).path or COLLECTIONS[flow]

    def look_ups(self, flow: Flow) -> Params:
        """Return property -> parameter."""
        own = self.entity(flow).look_ups
        return {name: name for name in LOOK_UPS[flow]} if own is None else own

    def paging_of(self, flow: Flow) -> Paging:
        """Return how a flow's lists are paged."""
        return self.entity(flow).paging or self.paging

    def listing_of(self, flow: Flow) -> Listing:
        """Return what a flow's lists can be asked."""
        return self.entity(flow).listing or self.listing


CONTRACT: Final = Profile()
"""The look of an ERP that serves the contract itself."""
