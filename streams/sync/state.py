"""The table's values: msgspec structs in MessagePack behind a version byte, private to this package.

A side **holds** revision r of a field and has **seen** a native value of it. Both are stored only where they differ from what is agreed,
so that an in-sync link is small. Nothing of it refers back, so the garbage collector is spared looking (`gc=False`).
"""

from __future__ import annotations

from typing import Any, Final, Literal, TypeVar

import msgspec

from schemas.errors import FatalError
from schemas.flows import Flow, Side, Value
from schemas.records import Change, Command

VERSION: Final = 1
_HEAD: Final = bytes((VERSION,))
State = Literal["half", "linked", "review", "orphan", "ignored"]


class Agreed(msgspec.Struct, array_like=True, gc=False):
    """What both sides should show of one field, and who said so when."""

    value: Value
    rev: int
    at: int
    """ms since the epoch."""
    side: Side


class Pending(msgspec.Struct, array_like=True, gc=False):
    """The one command in flight, complete, and the revision of each field it carries."""

    command: Command
    revs: dict[str, int]


class SideState(msgspec.Struct, omit_defaults=True, gc=False):
    """What is known of one side of a pair."""

    id: str | None = None
    seen: dict[str, Value] = {}
    """field -> native value, where it is not simply the agreed one."""
    held: dict[str, int] = {}
    """field -> revision, where it is not the agreed one."""
    refused: dict[str, int] = {}
    """field -> revision that cannot be written here (too long, unmapped)."""
    unmapped: dict[str, Value] = {}
    """field -> native value that could not be mapped, and was reported."""
    version: int | None = None
    created_at: int | None = None
    """By our clock: it is compared with when we issued commands."""
    updated_at: int | None = None
    """By the side's clock: it is compared with itself."""
    known_at: int = 0
    """When the read that told us began, or when our write was confirmed (ms)."""
    written: bool = False
    """What is known comes from our own write."""
    pending: Pending | None = None
    deferred: Change | None = None
    """The newest change that came while a command was in flight."""
    blocked: str | None = None
    """The last rejection; cleared by an edit or an operator."""
    derived: dict[str, Value] = {}
    """What a rejected create had from other records, and of when: once they were edited, it is tried again. field -> id, link -> when."""
    gone: bool = False
    retire: Literal["deactivate", "delete", "activate"] | None = None
    """What is to be done to this record because its twin is gone, or came back."""
    retired: bool = False
    """We switched this record off."""
    reread: bool = False
    """It cannot be told what this side shows: it must be read."""
    undecided: int | None = None
    """This record is gone, and what becomes of its twin waits until the side was read whole since (ms); None once it is decided."""
    handed: dict[str, int] = {}
    """Records that took over children of this one -> when (ms)."""


class Flips(msgspec.Struct, array_like=True, gc=False):
    """How often a field returned to a value it had shortly before."""

    former: list[int] = []
    """Digests of the last values."""
    count: int = 0
    by: str = ""
    """Who wrote the last of them."""


class Link(msgspec.Struct, omit_defaults=True, gc=False):
    """A pair, or one half of a pair to be."""

    id: str
    connection: str
    flow: Flow
    state: State = "half"
    seq: int = 0
    rev: int = 0
    bulk: bool = False
    """Part of the first run: travels in the bulk pool until it is linked."""
    pinned: bool = False
    """An operator decided: never matched by rule."""
    former: list[str] = []
    """Refs it once had."""
    merged: dict[str, int] = {}
    """Those of them that are gone, merged into another -> when they were found gone (ms)."""
    gate: str | None = None
    """What its create waits for."""
    gates: list[str] = []
    """The queues it stands in."""
    reason: str | None = None
    candidates: list[str] = []
    """Refs an operator chooses among."""
    approved: bool = False
    asked_at: int = 0
    """When its create first waited for approval (ms)."""
    disputed: list[str] = []
    """Fields that wait for an operator's choice."""
    frozen: list[str] = []
    """Fields that two automations fight over."""
    flips: dict[str, Flips] = {}
    agreed: dict[str, Agreed] = {}
    keap: SideState = msgspec.field(default_factory=SideState)
    erp: SideState = msgspec.field(default_factory=SideState)

    def side(self, side: Side) -> SideState:
        """Return one side's state."""
        return self.keap if side == "keap" else self.erp


class Flight(msgspec.Struct, array_like=True, gc=False):
    """A link with a command in flight on a side."""

    issued_at: int
    creates: Flow | None = None
    """The flow of the record being created, None for other commands."""


class Slots(msgspec.Struct, array_like=True):
    """The links in flight on one side, in one pool."""

    flights: dict[str, Flight] = {}


class Window(msgspec.Struct, array_like=True, gc=False):
    """Writes counted by a breaker; a row of its own, since every write changes it."""

    since: int = 0
    updates: int = 0
    open: bool = False
    """Too many: nothing more is written until an operator says so."""
    withheld: bool = False
    """What waits is left as it is, not written."""
    deletes: int = 0
    opened_at: int = 0
    """When it became too many (ms)."""


class Progress(msgspec.Struct, array_like=True):
    """One connection's snapshots, the releases that are not finished, what was approved, how many pairs there are."""

    snapshots: dict[str, int] = {}
    """flow/side -> when its snapshot was marked."""
    releases: dict[str, int] = {}
    """gate -> links still to be looked at."""
    approved: dict[str, int] = {}
    """flow -> when its plan was approved: whatever had asked by then may be created."""
    pairs: dict[str, int] = {}
    """flow -> pairs there are."""
    warned: list[str] = []
    """What the mapping should learn, once per row: "contact.job_title: stored differently than sent in erp"."""
    swept: dict[str, int] = {}
    """flow/side -> when its last sweep began."""
    bereft_at: dict[str, int] = {}
    """flow/side -> when a record of it was last found gone (ms)."""
    departed: dict[str, int] = {}
    """ref -> when a record nobody had seen was read as gone (ms), while a create that may have made it is in flight."""


class Young(msgspec.Struct, array_like=True):
    """Rows that came to count when there were links already -> since when (ms)."""

    since: dict[str, int] = {}


class Queue(msgspec.Struct, array_like=True):
    """Head of a first-in-first-out queue of link ids, kept in pages."""

    first: int = 0
    last: int = 0
    length: int = 0


class Ids(msgspec.Struct, array_like=True):
    """A page of link ids; page 0 of a set knows how many pages follow."""

    ids: list[str] = []
    more: int = 0


Row = Link | Slots | Progress | Window | Young | Queue | Ids | str
T = TypeVar("T")
_encode: Final = msgspec.msgpack.Encoder().encode
_decoders: Final[dict[Any, Any]] = {
    cls: msgspec.msgpack.Decoder(cls).decode for cls in (Link, Slots, Progress, Window, Young, Queue, Ids, str)
}


def dump(row: Any) -> bytes:
    """Return a row's bytes."""
    return _HEAD + _encode(row)


def load(data: bytes, cls: type[T]) -> T:
    """Return a row; raises FatalError for a version this program does not know (downgrade)."""
    if data[0] != VERSION:
        raise FatalError(f"a table row of version {data[0]}; this program reads version {VERSION}")
    row: T = _decoders[cls](data[1:])
    return row
