"""One decision's view of the table: rows decoded once, written back only where they changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol, TypeVar, get_args

from schemas.flows import SIDES, Flow, Side
from schemas.records import Change, Command, Control, JournalEntry
from streams.mapping.rows import FlowMapping, Mapping
from streams.sync import rows
from streams.sync.state import Ids, Link, Progress, Queue, Row, Slots, Window, Young, dump, load

Pool = Literal["bulk", "live"]
POOLS: Final[tuple[Pool, ...]] = get_args(Pool)
Kind = Literal["updates", "deletes"]
"""What breakers count apart; to switch a record off counts as a delete."""
_VACANT: Final[dict[type, Row]] = {type(row): row for row in (Slots(), Progress(), Window(), Young(), Queue(), Ids())}
"""Rows that say nothing are not kept."""
N = TypeVar("N", Slots, Progress)
T = TypeVar("T", Link, Slots, Progress, Window, Young, Queue, Ids, str)


class Table(Protocol):
    """Read access to the rows of one partition."""

    def get(self, key: bytes) -> bytes | None:
        """Return a row's bytes, None when there is none."""


TIED_MS: Final = 1_000
"""What is left between two clocks when their skew is off: it is measured on headers of whole seconds."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How many writes to one side of a flow are too many within a window; no count, no limit.

    `count`, or the `share` of the flow's pairs where that is more, but never more than `most` (0: whatever the share comes to).
    """

    count: int = 0
    share: float = 0.0
    window_ms: int = 600_000
    most: int = 0

    def of(self, pairs: int) -> int:
        """Return how many are too many for a flow of so many pairs."""
        enough = max(self.count, int(self.share * pairs))
        return min(enough, self.most) if self.most else enough


@dataclass(frozen=True, slots=True)
class Context:
    """What does not change between two decisions of one connection."""

    connection: str
    mapping: Mapping
    lag: dict[Side, int]
    """Replica lag per side (ms)."""
    rounded: dict[Side, int]
    """How far a shown time may lie from the true one (ms)."""
    limits: dict[Pool, int] = field(default_factory=lambda: {"bulk": 32, "live": 32})
    approve: frozenset[str] = frozenset()
    """Flows whose creates wait for an operator's approval."""
    updates: Limit = Limit()
    deletes: Limit = Limit()
    pilot_flows: frozenset[str] = frozenset()
    pilot_only: frozenset[str] = frozenset()

    def proven_at(self, side: Side, read_at: int) -> int:
        """Return until when a reading of a side shows all edits for sure: its replicas may lag, and clocks are known about."""
        return read_at - self.lag[side] - TIED_MS

    def limit(self, kind: Kind) -> Limit:
        """Return how many writes of a kind are too many."""
        return self.updates if kind == "updates" else self.deletes


@dataclass(frozen=True, slots=True)
class Letter:
    """A part of the event that cannot be processed; the agent adds the original bytes."""

    error: str
    message: str
    flow: str | None = None
    link: str | None = None
    side: Side | None = None
    field: str | None = None


@dataclass(slots=True)
class Decision:
    """What follows from one event. `more`: this event left releases to be continued by `release` (sticky until that says otherwise)."""

    rows: dict[bytes, bytes | None] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    requests: list[Control] = field(default_factory=list)
    """What capture is asked for."""
    more: bool = False


class Turn:
    """The working set of one decision. Structs got from it may be changed in place; `finish` finds what changed."""

    def __init__(self, context: Context, table: Table, now: int, cause: str) -> None:
        self.context = context
        self.connection = context.connection
        self.now = now
        self.cause = cause
        self.author: str | None = None
        """Who made the change that is taken in, as its side names them."""
        self.decision = Decision()
        self.freed: list[tuple[Side, Pool]] = []
        self.loosened: set[str] = set()
        """Match keys that fewer links share than before: reviews among them deserve another look."""
        self.tightened: set[str] = set()
        """Match keys that more links share than before: one of them may be the survivor of a merge, and halves among them have a rival."""
        self.handed: list[tuple[str, str, int]] = []
        """(former parent, new parent, when) of children that a side shows with another parent than before."""
        self.bereft: list[str] = []
        """Links that lost a record: has another taken its place?"""
        self._table = table
        self._loaded: dict[bytes, tuple[bytes | None, Any]] = {}

    def by_now(self, edited_at: int, told_at: int) -> int:
        """Return when an edit was made, whatever its clock says, not later than it is told: nobody would ever have been read after that."""
        return min(edited_at, max(self.now, told_at))

    def mapping(self, flow: Flow) -> FlowMapping:
        """Return a flow's mapping."""
        return self.context.mapping[flow]

    def get(self, key: bytes, cls: type[T]) -> T | None:
        """Return a row, decoded once per decision."""
        known = self._loaded.get(key)
        if known is None:
            data = self._table.get(key)
            known = (data, None if data is None else load(data, cls))
            self._loaded[key] = known
        row: T | None = known[1]
        return row

    def put(self, key: bytes, row: Row | None) -> None:
        """Set a row, None to delete it."""
        known = self._loaded.get(key)
        self._loaded[key] = (known[0] if known else self._table.get(key), row)

    def link(self, link_id: str) -> Link | None:
        """Return a link by id."""
        return self.get(rows.link_key(self.connection, link_id), Link)

    def add_link(self, link: Link) -> None:
        """Put a new link into the table."""
        self.put(rows.link_key(self.connection, link.id), link)

    def drop_link(self, link: Link) -> None:
        """Remove a link that was absorbed by another."""
        self.put(rows.link_key(self.connection, link.id), None)

    def link_of(self, ref: str | None) -> Link | None:
        """Return the link a ref belongs to (or once belonged to)."""
        if ref is None:
            return None
        link_id = self.get(rows.ref_key(self.connection, ref), str)
        return self.link(link_id) if link_id else None

    def point(self, ref: str, link: Link) -> None:
        """Let a ref belong to a link."""
        self.put(rows.ref_key(self.connection, ref), link.id)

    def slots(self, side: Side, pool: Pool) -> Slots:
        """Return the links in flight on a side, in one pool."""
        return self._or_new(rows.slots_key(self.connection, side, pool), Slots)

    def progress(self) -> Progress:
        """Return the connection's snapshots and open releases."""
        return self._or_new(rows.progress_key(self.connection), Progress)

    def _or_new(self, key: bytes, cls: type[N]) -> N:
        row = self.get(key, cls)
        if row is None:
            row = cls()
            self.put(key, row)
        return row

    def journal(self, link: Link, kind: str, detail: str, **more: Any) -> None:
        """Note what was decided and why."""
        entry = JournalEntry(self.connection, link.id, link.flow, kind, detail, self.now, self.cause, **more)
        self.decision.journal.append(entry)

    def warn(self, link: Link, what: str) -> None:
        """Note what is wrong with a row of the mapping, once however many records show it."""
        warned = self.progress().warned
        if what not in warned:
            warned.append(what)
            self.journal(link, "mapping_warning", what)

    def refuse(self, link: Link | None, message: str, *, side: Side | None = None, name: str | None = None) -> None:
        """Note a value that cannot be carried."""
        flow, link_id = (link.flow, link.id) if link else (None, None)
        self.decision.letters.append(Letter("MappingError", message, flow, link_id, side, name))

    def finish(self) -> Decision:
        """Return the decision with every row that is not what it was."""
        for key, (before, row) in self._loaded.items():
            after = None if row is None or row == _VACANT.get(type(row)) else dump(row)
            if after != before:
                self.decision.rows[key] = after
        progress = self._loaded.get(rows.progress_key(self.connection))
        self.decision.more = progress is not None and bool(progress[1] and progress[1].releases)
        return self.decision


def living(link: Link) -> Iterator[Side]:
    """Yield the sides on which a link has a record that is not gone."""
    for side in SIDES:
        state = link.side(side)
        if state.id is not None and not state.gone:
            yield side


def newest(one: Change | None, two: Change) -> Change:
    """Return the change that tells more about the present."""
    if one is None:
        return two
    if any(c.version is None and c.updated_at is None for c in (one, two)):  # a deletion found by id says no more than when it was read
        return one if one.read_at > two.read_at else two
    order = [(c.version or 0, c.updated_at or 0, c.read_at) for c in (one, two)]
    return one if order[0] > order[1] else two
