"""The contract between the processor and the two edges: what a Source reads, what a Sink writes.

Every connector turns its API's JSON into native flat fields and back and hides each quirk (minor units, slots, masks, rounded times)
here. Calls raise the tree of `schemas.errors` only: RetriableError (AmbiguousError when a write may have happened), RejectedError,
ConflictError, GoneError, FatalError (credentials refused).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from schemas.flows import Fields, Flow, Side


@dataclass(frozen=True, slots=True)
class Record:
    """One record as its side shows it. Times in ms since the epoch, UTC."""

    id: str
    fields: Fields
    """Every property the connector knows, flat; a missing one is None. The stamp is among them."""
    version: int | None = None
    created_at: int | None = None
    updated_at: int | None = None
    updated_by: str | None = None
    deleted: bool = False
    raw: dict[str, Any] = field(default_factory=dict)
    """The API's own JSON: the base of a read-merge-write of lists. Never travels."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of records. `next` is the cursor of the following page, None on the last."""

    records: tuple[Record, ...]
    next: str | None
    read_at: int
    """When the request went out (ms)."""


@dataclass(frozen=True, slots=True)
class Quota:
    """What the server said was left, None where it said nothing."""

    available: int | None = None
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Traits:
    """What a side's API can do for a flow; capture, sync and write adapt to it."""

    changes: Literal["since", "newest_first", "scan"]
    """`since`: pages of everything changed at or after a time. `newest_first`: no filter, ordered by change time, newest first.
    `scan`: neither; a page "since" is a page of everything, and only capture's inventory tells what is new."""
    versions: bool
    """Records carry a version and a write can be made conditional on it."""
    keys: bool
    """Creates take an idempotency key."""
    rounded_ms: int
    """How far a time shown by a read may lie from the true one (Keap rounds to whole seconds: 1000)."""
    stamps: bool = True
    """Records keep the stamp that a create gives them, where the flow's mapping names a place for it."""
    look_up: bool = True
    """What a lost create may have made can be told from older records: they show when they were created."""
    soft_deletes: bool = False
    """Lists of changes show deleted records; elsewhere they are just not there any more."""
    hooks: bool = False
    """Changes are announced to subscribers."""


class Source(Protocol):
    """Reads one side. Called by capture (pages) and by the sinks (one record); safe for concurrent use in one event loop."""

    side: Side

    def traits(self, flow: Flow) -> Traits:
        """Return what the API can do for a flow."""

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """Read one page; `since` None is a full scan, by id. Resend the same `since` with each cursor."""

    async def get(self, flow: Flow, id: str) -> Record:  # noqa: A002 - the field's own name
        """Read one record; raises GoneError when it does not exist. A soft-deleted one comes with `deleted`."""

    def quota(self) -> Quota:
        """Return what the last answers said of the account's budget."""

    def skew_ms(self) -> int:
        """Return how far the side's clock is ahead of ours (ms), 0 while that is not known. Its times are never corrected in a Record."""

    async def check(self) -> list[str]:
        """Try connectivity, credentials and rights; return one sentence per fault, naming its place."""


class Sink(Source, Protocol):
    """Writes one side. Each call is one attempt; the caller retries."""

    async def create(self, flow: Flow, fields: Fields, *, stamp: str | None, key: str) -> Record:
        """Create a record; `key` is the idempotency key, `stamp` the link id. Returns the read-back.

        Raises:
            ConflictError: the stamp is taken; `.record` carries the one that has it.
        """

    async def update(self, flow: Flow, base: Record, fields: Fields) -> Record:
        """Patch `fields` onto the record last seen as `base` (conditional on its version where there are versions).

        Raises:
            ConflictError: it moved; `.record` carries the current one.
        """

    async def delete(self, flow: Flow, base: Record) -> None:
        """Delete the record last seen as `base`; raises GoneError when it is gone already."""
        ...

    async def find_created(self, flow: Flow, *, since: int, stamp: str | None, match: Fields) -> list[Record]:
        """Return records that a lost create may have made: created at or after `since` (ms, or by the stamp, when that is searchable).

        Candidates only, newest first; the caller compares stamp, match keys and fields.
        """

    async def close(self) -> None:
        """Release connections."""
