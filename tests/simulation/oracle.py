"""Knows every edit ever made, by whom, and what it could not help being overwritten: the judge's memory, hidden from the program."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from connectors.base import Record
from schemas.flows import Fields, Flow, Side, Value
from tests.simulation.clock import Clock

if TYPE_CHECKING:
    from tests.simulation.systems import Stored

Place = tuple[Side, str, str]
"""Side, record, native path."""


@dataclass(frozen=True, slots=True)
class Write:
    """A value that came to stand in a field."""

    number: int
    """Writes of one connection, in their true order."""
    value: Value
    human: bool
    at: int
    """True time (ms)."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Two records of a side that somebody made one."""

    side: Side
    flow: Flow
    loser: str
    survivor: str
    number: int
    """Writes there had been."""


@dataclass(frozen=True, slots=True)
class Removal:
    """A delete of ours."""

    side: Side
    record: str
    known: int
    """The number of the last write that we could know of."""
    at: int


@dataclass(slots=True)
class Oracle:
    """One connection's."""

    clock: Clock
    number: int = 0
    history: defaultdict[Place, list[Write]] = field(default_factory=lambda: defaultdict(list))
    said: defaultdict[tuple[Side, Flow, str], set[Value]] = field(default_factory=lambda: defaultdict(set))
    """(side, flow, path) -> every value a human or an automation put there."""
    groups: set[tuple[Value, ...]] = field(default_factory=set)
    """What the rows of a group showed together right after somebody edited one of them."""
    excused: set[tuple[Side, str, str, Value]] = field(default_factory=set)
    """What our write overwrote unseen, on a side that cannot tell: edits, and what a later write had brought before this one landed."""
    gone: dict[tuple[Side, str], int] = field(default_factory=dict)
    """Deleted records -> when (ms)."""
    back: dict[tuple[Side, str], Write] = field(default_factory=dict)
    """Records that somebody brought back -> when."""
    removals: list[Removal] = field(default_factory=list)
    """What we deleted."""
    twins: list[tuple[Flow, str, str]] = field(default_factory=list)
    """(flow, Keap id, ERP id) of records that are the same thing."""
    strangers: list[tuple[Flow, set[str]]] = field(default_factory=list)
    """Records that share their keys before the program began: nobody can tell which are twins."""
    merges: list[Merge] = field(default_factory=list)
    duplicates: list[tuple[Side, str, str]] = field(default_factory=list)
    """Two records of a side that are the same thing."""
    renamed: set[str] = field(default_factory=set)
    """Records whose match keys somebody changed."""
    touched: set[str] = field(default_factory=set)
    """Records an operator decided about."""
    forgotten_at: int = 0
    """When all state was lost (ms); 0 for never."""

    def wrote(self, side: Side, record: Stored, fields: Fields, *, human: bool) -> None:
        """Note what was stored."""
        self.number += 1
        for path, value in fields.items():
            self.history[side, record.id, path].append(Write(self.number, value, human, self.clock.now))
            if human:
                self.said[side, record.flow, path].add(value)

    def overwritten(self, side: Side, record: Stored, written: Fields, base: Record) -> None:
        """Note the edits that a write of ours replaces and could not help replacing.

        They were made after its writer had looked; or they took back what an attempt of the same command had written already, so that
        everything seemed to stand as it was before.
        """
        for path, value in written.items():
            *_, before, last = [None, None, *self.history[side, record.id, path]]
            if last is None:
                continue
            taken_back = last.human and before is not None and not before.human and before.value == value
            if taken_back or last.number > base.raw.get("writes", last.number):
                self.excused.add((side, record.id, path, last.value))

    def deleted(self, side: Side, record: Stored) -> None:
        """Note that somebody deleted a record."""
        self.gone[side, record.id] = self.clock.now

    def merged_into(self, side: Side, record: str) -> set[str]:
        """Return a record and those that were merged into it, or into those."""
        names = {record}
        for each in reversed(self.merges):
            if each.side == side and each.survivor in names:
                names.add(each.loser)
        return names

    def restored(self, side: Side, record: Stored) -> None:
        """Note that somebody brought a record back."""
        self.number += 1
        self.back[side, record.id] = Write(self.number, None, human=True, at=self.clock.now)

    def removed(self, side: Side, record: Stored, base: Record) -> None:
        """Note that we deleted a record, as its writer knew it; what was edited since could not be seen."""
        self.gone[side, record.id] = self.clock.now
        known = base.raw.get("writes", self.number)
        self.removals.append(Removal(side, record.id, known, self.clock.now))
        for (where, one, path), writes in self.history.items():
            if (where, one) == (side, record.id) and writes and writes[-1].human and writes[-1].number > known:
                self.excused.add((side, one, path, writes[-1].value))

    def before(self, edit: Write, side: Side, record: str, path: str) -> list[Write]:
        """Return what came to stand there before an edit, in its order."""
        return [write for write in self.history[side, record, path] if write.number < edit.number]

    def latest(self, side: Side, record: str, path: str) -> Write | None:
        """Return the last edit a human or an automation made there."""
        return next((write for write in reversed(self.history[side, record, path]) if write.human), None)

    def changed(self, side: Side, record: str) -> bool:
        """Tell whether a human or an automation made a record, or anybody changed it since it was made."""
        told = (writes for (where, one, _), writes in self.history.items() if (where, one) == (side, record))
        return any(len(writes) > 1 or writes[0].human for writes in told if writes)
