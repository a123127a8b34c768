"""A world at rest, as the predicates look at it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas.errors import MappingError
from schemas.flows import SIDES, Side, Value
from schemas.records import JournalEntry
from streams.mapping.rows import Row
from streams.sync.fields import ref_of
from streams.sync.merged import UNSAID
from streams.sync.state import Link
from tests.simulation.oracle import Oracle
from tests.simulation.systems import Stored
from tests.simulation.world import Connection, World


@dataclass(frozen=True, slots=True)
class Pair:
    """A link and its two living records."""

    connection: Connection
    link: Link
    records: dict[Side, Stored]

    @property
    def oracle(self) -> Oracle:
        """The connection's."""
        return self.connection.oracle


@dataclass(slots=True)
class Ended:
    """A world at rest, as the predicates look at it."""

    world: World
    links: dict[tuple[str, str], Link] = field(default_factory=dict)
    """(connection, ref) -> link."""
    former: dict[tuple[str, str], Link] = field(default_factory=dict)
    """(connection, ref) -> the link it once belonged to."""
    pairs: list[Pair] = field(default_factory=list)
    """Linked pairs of living records of which nothing was refused."""
    lost: defaultdict[tuple[str, str], set[Value]] = field(default_factory=lambda: defaultdict(set))
    """(connection, field) -> what the journal says lost, loosely spelled; of a manual row only what an operator's choice took."""
    withheld: set[tuple[str, str]] = field(default_factory=set)
    """(link, field) of what an operator withheld, a target said it had not applied, or a survivor left unsaid, and nobody edited since."""
    stored: set[tuple[str, str, str]] = field(default_factory=set)
    """(link, field, value) that stood where we had written something else, as the journal says: an automation, or the target's own way."""
    merged_at: dict[str, int] = field(default_factory=dict)
    """link -> when it went on with a survivor."""

    def __post_init__(self) -> None:
        for link in self.world.links():
            one = self.world.connections[link.connection]
            records = {}
            self.former |= {(link.connection, ref): link for ref in link.former}
            for side in SIDES:
                if ref := ref_of(link, side):
                    self.links[link.connection, ref] = link
                    records[side] = one.systems[side].records[link.side(side).id or ""]
            whole = link.state == "linked" and len(records) == len(SIDES) and not any(r.deleted for r in records.values())
            if whole and not link.keap.blocked and not link.erp.blocked:
                self.pairs.append(Pair(one, link, records))
        for entry in self.world.topics.journal:
            self._note(entry)

    def _note(self, entry: JournalEntry) -> None:
        if entry.kind == "withheld":
            self.withheld.add((entry.link, entry.detail))
        elif entry.kind == "merged":
            self.merged_at[entry.link] = entry.at
        elif entry.kind == "edited" and self.merged_at.get(entry.link) != entry.at:  # what a survivor shows is nobody's edit
            self.withheld -= {(entry.link, name) for name in entry.detail.split(", ")}
        if entry.field is None:
            return
        if entry.kind == "stored_differently":
            self.stored.add((entry.link, entry.field, entry.won or ""))
        if entry.detail in ("not applied", UNSAID):  # told; a clear by hand within our write looks the same
            self.withheld.add((entry.link, entry.field))
        self.withheld -= {(entry.link, entry.field)} if entry.kind in ("conflict", "chosen", "thawed") else set()
        row = self.world.options.mapping[entry.flow].row(entry.field)
        if entry.kind in ("chosen", "withheld") or (entry.kind == "conflict" and (row.policy != "manual" or row.direction != "both")):
            self.lost[entry.connection, entry.field].add(loose(row, entry.lost))

    def rows(self, pair: Pair) -> Iterator[Row]:
        """Yield the rows of a pair that both sides show and that can be mapped now."""
        for row in self.world.options.mapping[pair.link.flow].rows:
            if row.create_only or row.derive or row.keap is None or any(row.name in pair.link.side(s).refused for s in SIDES):
                continue
            if not any(unmapped(row, side, pair.records[side].fields.get(row.path(side) or "")) for side in SIDES):
                yield row


def left_apart(ended: Ended, pair: Pair, row: Row) -> bool:
    """Tell whether two sides may show different values of a field: an operator has to decide, or decided so."""
    if row.name in pair.link.disputed:
        return row.policy == "manual"
    if row.name in pair.link.frozen:
        return ended.world.options.features.fights and row.name == "notes"
    return (pair.link.id, row.name) in ended.withheld


def loose(row: Row, value: Value) -> Value:
    """Return a canonical value without what a system's storage may change."""
    return None if value is None else row.kind.loose(value)


def unmapped(row: Row, side: Side, native: Value) -> bool:
    """Tell whether a native value cannot be mapped."""
    try:
        row.kind.read(side, native)
    except MappingError:
        return True
    return False


def shown(row: Row, side: Side, native: Value) -> Value:
    """Return a native value loosely; as it is when it cannot be mapped."""
    try:
        return loose(row, row.kind.read(side, native))
    except MappingError:
        return native


def name_of(pair: Pair) -> str:
    """Name a pair so that the trace finds what has to do with it."""
    return f"{pair.link.flow} {pair.link.id} {pair.records['keap'].id} {pair.records['erp'].id}"
