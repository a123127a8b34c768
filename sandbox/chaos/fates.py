"""What became of each edit: a value that people gave is there in the end, or it is known why not.

The last edit of a field on each side has to be accounted for. It may
1. be what both sides show;
2. have lost against a rival, in which case the journal names it;
3. have reached the other side and been edited away there;
4. have fallen into the gap between a sink's read of a record and its patch, where the side has no versions, as Keap. That limit is in
   the docs; such edits are counted. The gap is as short as the side's own log tells: an edit that the sink could read is lost.

Edits of what has no twin travel nowhere; they are counted by what keeps their records alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from console.read_model.links import refs
from sandbox.chaos.evidence import Call, Evidence
from sandbox.chaos.people import Edit
from sandbox.chaos.writes import Writes, ref_of
from schemas.flows import SIDES, Side, Value, entity_of, other
from schemas.records import Command, JournalEntry
from streams.sync.state import Link

PLAUSIBLE = 0.02
"""Share of the edits on sides without versions that may fall into the gap: it is some ms long, edits of a field are further apart."""
FEW = 5
"""So many may do so by chance, however short the storm."""
LOSING = ("conflict", "refilled")
"""Kinds of journal entries that name a value that did not stay; of what was refilled it is none."""


@dataclass(slots=True)
class Fates:
    """The sum of it.

    Attributes:
        lost: a sentence per edit that nothing accounts for.
        rivals: edits that lost with a journal entry.
        overwritten: edits that fell into the gap.
        exposed: edits that could have: the last ones of each field, on a side without versions.
        alone: what keeps records without a twin -> how many edits they had.
    """

    lost: list[str] = field(default_factory=list)
    rivals: int = 0
    overwritten: int = 0
    exposed: int = 0
    alone: Counter[str] = field(default_factory=Counter)

    def implausible(self) -> Iterator[str]:
        """Yield a sentence when so many edits are excused by the gap that it cannot be what it is said to be."""
        if self.overwritten > max(FEW, PLAUSIBLE * self.exposed):
            yield f"{self.overwritten} of {self.exposed} edits are said to have been made between a sink's read and its patch"


def fates(evidence: Evidence, edits: Iterable[Edit]) -> Fates:
    """Account for the last edit of each field on each side."""
    judge = _Judge(evidence)
    by_ref = {ref: link for link in evidence.links.all for ref in refs(link).values()}
    fields: defaultdict[tuple[str, str], list[Edit]] = defaultdict(list)
    links: dict[str, Link] = {}
    for edit in edits:
        ref = f"{edit.side}/{entity_of(edit.flow, edit.side)}/{edit.id}"
        link = by_ref.get(ref)
        if link is None:
            judge.found.lost.append(f"{ref} was edited and has no link")
        elif link.state == "linked":
            links[link.id] = link
            fields[link.id, edit.row].append(edit)
        else:
            judge.found.alone[f"{link.state}, {(link.gate or link.reason or '').split('/')[0]}"] += 1
    for (link_id, row), many in fields.items():
        judge.account(links[link_id], row, many)
    return judge.found


class _Judge:
    def __init__(self, evidence: Evidence) -> None:
        self.found = Fates()
        self._world = evidence.world
        self._applied = {outcome.command for outcome in evidence.outcomes if outcome.status in ("applied", "found")}
        self._writes = Writes(evidence)
        self._by_hand: defaultdict[str, list[Call]] = defaultdict(list)
        self._commands: defaultdict[str, list[Command]] = defaultdict(list)
        self._journal: defaultdict[tuple[str, str | None], list[JournalEntry]] = defaultdict(list)
        for command in evidence.commands:
            self._commands[command.link].append(command)
        for side, calls in evidence.calls.items():
            for call in calls:
                if not call.by_worker:
                    self._by_hand[ref_of(side, call)].append(call)
        for entry in evidence.journal:
            if entry.kind in LOSING:
                self._journal[entry.link, entry.field].append(entry)

    def account(self, link: Link, row: str, edits: list[Edit]) -> None:
        """Account for the edits of one field of one pair."""
        final = self._world.shown(link.flow, "keap", link.keap.id, row)
        # What was there before may win when two records are first linked.
        winners = [entry.won for entry in self._journal[link.id, row]]
        if not any(self._same(link, row, final, value) for value in (*(edit.value for edit in edits), *winners)):
            self.found.lost.append(f"{link.flow} {link.id}: {row} is {final!r}, which nobody said")
            return
        for side in SIDES:
            if last := [edit for edit in edits if edit.side == side and edit.confirmed_at is not None][-1:]:
                self.found.exposed += link.side(side).version is None
                self._account(link, row, last[0], edits, final)

    def _account(self, link: Link, row: str, edit: Edit, edits: list[Edit], final: Value) -> None:
        if self._same(link, row, final, edit.value) or self._unconfirmed(link, row, edit, edits, final):
            return
        if any(entry.at >= edit.sent_at and self._same(link, row, entry.lost, edit.value) for entry in self._journal[link.id, row]):
            self.found.rivals += 1
            return
        written = self._written(link, row, other(edit.side))
        arrived = [one for one, value in written if one.issued_at >= edit.sent_at and self._same(link, row, value, edit.value)]
        later = [rival for rival in edits if rival.side != edit.side and self._same(link, row, final, rival.value)]
        if any(command.issued_at <= (rival.confirmed_at or command.issued_at) for command in arrived for rival in later):
            return
        if link.side(edit.side).version is None and self._in_the_gap(link, row, edit):
            self.found.overwritten += 1
            return
        self.found.lost.append(f"{link.flow} {link.id}: {edit} is lost; both show {final!r}")

    def _unconfirmed(self, link: Link, row: str, edit: Edit, edits: list[Edit], final: Value) -> bool:
        """Tell whether a later edit of this side, never accepted, was done all the same."""
        later = edits[edits.index(edit) + 1 :]
        return any(each.confirmed_at is None and self._same(link, row, final, each.value) for each in later)

    def _written(self, link: Link, row: str, side: Side) -> Iterator[tuple[Command, Value]]:
        """Yield the commands that put this field to a side, with its canonical value."""
        rows = self._world.mapping[link.flow].row(row)
        path = rows.keap if side == "keap" else rows.erp
        for command in self._commands[link.id]:
            if command.side == side and command.id in self._applied and path in command.fields:
                native = command.fields[path]
                yield command, None if native is None else rows.kind.read(side, native)

    def _in_the_gap(self, link: Link, row: str, edit: Edit) -> bool:
        """Tell whether an edit took effect between a worker's last look at the record and its patch of the same property."""
        made = [
            call.done_at
            for call in self._by_hand[f"{edit.side}/{entity_of(edit.flow, edit.side)}/{edit.id}"]
            if call.method == "PATCH" and edit.sent_at <= call.at <= (edit.confirmed_at or 0)
        ]
        patches = [patch for command in self._touching(link, row, edit.side) for patch in self._writes.of(command)]
        return bool(made) and any(patch.looked_at is not None and patch.looked_at <= made[-1] <= patch.done_at for patch in patches)

    def _touching(self, link: Link, row: str, side: Side) -> Iterator[Command]:
        """Yield the commands that write a field, or in Keap, where a list is written whole, another one of the same property."""
        path = self._world.mapping[link.flow].row(row).path(side) or ""
        wanted = path.split(".")[0] if side == "keap" else path
        for command in self._commands[link.id]:
            if command.side == side and any(each == path or each.split(".")[0] == wanted for each in command.fields):
                yield command

    def _same(self, link: Link, row: str, one: Value, two: Value) -> bool:
        return self._world.same(link.flow, row, one, two)
