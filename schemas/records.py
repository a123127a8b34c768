"""The frozen records that travel on the topics; each has its schema of the same name in `avro/`.

All times named `*_at` or `*_before` are integers: milliseconds since the epoch, UTC. `fields`, `expect`, `match` and `record`
are native flat maps of the side they belong to (`schemas.flows.Fields`). What travels most is left out of garbage collection
(`gc=False`): it refers to nothing that refers back.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from schemas.flows import Fields, Flow, Side, flow_of

Capture = Literal["poll", "sweep", "hook", "reread"]
Status = Literal["applied", "found", "conflict", "gone", "rejected"]


class Change(Struct, frozen=True, gc=False):
    """A record as one side showed it, or the news that it is gone."""

    connection: str
    side: Side
    entity: str
    id: str
    op: Literal["upsert", "delete"]
    fields: Fields
    read_at: int
    """When the request went out, before the answer was known."""
    capture: Capture
    version: int | None = None
    created_at: int | None = None
    updated_at: int | None = None
    updated_by: str | None = None
    skew_ms: int = 0
    """How far the side's clock was ahead of ours; `created_at` and `updated_at` are by the side's."""

    @property
    def edited_at(self) -> int:
        """When the record was changed at the latest, by our clock."""
        return self.read_at if self.updated_at is None else self.updated_at - self.skew_ms

    @property
    def flow(self) -> Flow:
        """The flow this record belongs to."""
        return flow_of(self.side, self.entity)

    @property
    def ref(self) -> str:
        """`side/entity/id`, unique within a connection."""
        return f"{self.side}/{self.entity}/{self.id}"

    @property
    def key(self) -> bytes:
        """The Kafka key: connection and ref."""
        return f"{self.connection}/{self.ref}".encode()


class ScanMark(Struct, frozen=True):
    """Follows the last record of a full scan, in the same partition."""

    connection: str
    side: Side
    entity: str
    kind: Literal["snapshot", "sweep"]
    started_at: int
    count: int

    @property
    def key(self) -> bytes:
        """The Kafka key: connection, side and entity."""
        return f"{self.connection}/{self.side}/{self.entity}".encode()


class Command(Struct, frozen=True, gc=False):
    """One call to one side, complete: what to write and what it expects to find."""

    id: str
    connection: str
    link: str
    seq: int
    side: Side
    entity: str
    op: Literal["create", "update", "deactivate", "delete", "read"]
    fields: Fields
    expect: Fields
    issued_at: int
    cause: str
    """The ref (and what happened to it) that this command follows from."""
    target: str | None = None
    version: int | None = None
    stamp: str | None = None
    match: Fields = {}
    """Native fields by which a repeated create may find its record (Keap product: sku)."""
    not_before: int | None = None
    repeat: bool = False
    bulk: bool = False
    """Part of the first run: live edits go first."""

    @property
    def key(self) -> bytes:
        """The Kafka key: the link, so that one pair's commands stay in order."""
        return self.link.encode()


class Outcome(Struct, frozen=True, gc=False):
    """What became of a command."""

    command: str
    connection: str
    link: str
    seq: int
    side: Side
    entity: str
    status: Status
    at: int
    """When the answer was known; for a read, when its request went out."""
    calls: int
    """API calls spent."""
    id: str | None = None
    record: Fields | None = None
    version: int | None = None
    created_at: int | None = None
    updated_at: int | None = None
    error: str | None = None
    skew_ms: int = 0
    """As in Change."""

    @property
    def edited_at(self) -> int:
        """When the record was changed at the latest, by our clock."""
        return self.at if self.updated_at is None else self.updated_at - self.skew_ms

    @property
    def key(self) -> bytes:
        """The Kafka key: the link."""
        return self.link.encode()


class JournalEntry(Struct, frozen=True, gc=False):
    """One decision worth keeping, and why it was taken."""

    connection: str
    link: str
    flow: Flow
    kind: str
    """linked, merged, conflict, created, updated, review, orphan, dropped, tolerated, refilled, stored_differently, ..."""
    detail: str
    at: int
    cause: str
    side: Side | None = None
    field: str | None = None
    won: str | None = None
    lost: str | None = None

    @property
    def key(self) -> bytes:
        """The Kafka key: the link."""
        return self.link.encode()


class DeadLetter(Struct, frozen=True):
    """What could not be done, with the original bytes."""

    id: str
    connection: str
    stage: str
    topic: str
    partition: int
    offset: int
    key_bytes: bytes | None
    value_bytes: bytes | None
    error: str
    """Class name of the error."""
    message: str
    at: int
    flow: str | None = None
    link: str | None = None
    side: Side | None = None
    field: str | None = None


class Control(Struct, frozen=True):
    """An operator's request."""

    id: str
    connection: str
    op: Literal[
        "link", "unlink", "ignore", "retry", "resend", "approve", "choose", "thaw", "release", "withhold", "sweep", "commit", "discard"
    ]
    """The last three are capture's: read a flow whole now, publishing all of it with `again`; take a short scan for the truth, or not."""
    args: dict[str, str]
    by: str
    at: int

    @property
    def key(self) -> bytes:
        """The Kafka key: the request."""
        return self.id.encode()


class Cursor(Struct, frozen=True):
    """Where the poller of one connection, side and entity stands; chunk 0 is the head, the others hold the inventory."""

    connection: str
    side: Side
    entity: str
    chunk: int
    watermark: int | None = None
    snapshot_at: int | None = None
    """When the snapshot's ScanMark was published; None while it has not been."""
    polled_at: int | None = None
    quota_left: int | None = None
    entries: dict[str, bytes] = {}
    """id -> 8-byte fingerprint, empty while it is not to be trusted."""
    skew_ms: int = 0
    """How far the side's clock was ahead of ours at the last poll; the watermark is by the side's."""

    @property
    def key(self) -> bytes:
        """The Kafka key of this chunk."""
        return f"{self.connection}/{self.side}/{self.entity}/{self.chunk}".encode()


class Survey(Struct, frozen=True):
    """What sweeps and hooks tell of how completely one flow of one side is seen; lies beside its cursor."""

    connection: str
    side: Side
    entity: str
    swept_at: int | None = None
    """When the last sweep began, whether it was believed or not."""
    known: int = 0
    """Records known when it began."""
    found: int = 0
    """How many of them it showed."""
    alarm_at: int | None = None
    """When a sweep showed too few of them, or was refused; None while nothing is wrong, or an operator has decided."""
    accepted: int | None = None
    """An operator takes scans that show so many for the truth."""
    hinted: int = 0
    """Changes that a hook brought."""
    missed: int = 0
    """Changes that a poll found and no hook announced."""
    refused: str | None = None
    """The alarm is of a scan that the side ended with these words, not of a short one."""

    @property
    def key(self) -> bytes:
        """The Kafka key: beside the cursor's chunks."""
        return f"{self.connection}/{self.side}/{self.entity}/survey".encode()


class Hint(Struct, frozen=True):
    """A hook's word that something happened to a record; the record itself has to be read."""

    connection: str
    side: Side
    entity: str
    id: str
    event: str
    """As the side names it."""
    at: int
    """When the word arrived (ms)."""

    @property
    def key(self) -> bytes:
        """The Kafka key: connection and ref."""
        return f"{self.connection}/{self.side}/{self.entity}/{self.id}".encode()


Record = Change | ScanMark | Command | Outcome | JournalEntry | DeadLetter | Control | Cursor | Survey | Hint
RECORDS: tuple[type[Record], ...] = (Change, ScanMark, Command, Outcome, JournalEntry, DeadLetter, Control, Cursor, Survey, Hint)
