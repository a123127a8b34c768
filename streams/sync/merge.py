"""What a side shows, merged into what is agreed: field by field, a group as one.

A side that held the agreed revision made a plain edit. One that did not edited beside the other: equal values converge in silence, else the
row's policy picks, and the loser goes to the journal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import msgspec

from schemas.errors import MappingError
from schemas.flows import Fields, Side, Value, other
from streams.mapping.currency import foreign, require_own
from streams.mapping.rows import Row
from streams.sync.agreement import confirm, may_show_more
from streams.sync.disputes import dispute, keep_apart, note_edit
from streams.sync.fields import agree, agreed, canonical, hold, holds, same, seen, show
from streams.sync.index import reindexed
from streams.sync.state import Link
from streams.sync.turn import TIED_MS, Turn


@dataclass(frozen=True, slots=True)
class Shown:
    """A field that a side shows differently than before."""

    row: Row
    native: Value
    value: Value


Paths = Iterable[tuple[Row, str]]
"""Rows with their native paths on the side in question."""


def absorb(turn: Turn, link: Link, side: Side, fields: Fields, at: int, rows: Paths | None = None) -> None:
    """Merge the native `fields` a side shows, true since `at` (ms) at the latest; `rows` narrows it to some fields."""
    edits = _edits(turn, link, side, fields, turn.mapping(link.flow).shown[side] if rows is None else rows)
    if not edits:
        return
    link.keap.blocked = link.erp.blocked = None
    for row in turn.mapping(link.flow).amounts:
        if any(edit.row.name == row.currency for edit in edits):  # what was refused for its currency may be written now
            link.keap.refused.pop(row.name, None)
            link.erp.refused.pop(row.name, None)
    turn.handed += _handed_over(link, side, edits, at)
    with reindexed(turn, link, side, {edit.row.name for edit in edits}):
        for group in _grouped(edits):
            _merge(turn, link, side, group, at)
    if link.state == "linked":
        turn.journal(link, "edited", ", ".join(sorted(edit.row.name for edit in edits)), side=side)


def _handed_over(link: Link, side: Side, edits: list[Shown], at: int) -> Iterator[tuple[str, str, int]]:
    """Yield who took over this record from which parent: of rows only whose records cannot be without one."""
    for edit in edits:
        if edit.row.required and edit.row.kind.reference and edit.value is not None:
            before = canonical(link, side, edit.row)
            if before is not None:
                yield str(before), str(edit.value), at


def differs(turn: Turn, link: Link, side: Side, fields: Fields) -> bool:
    """Tell whether a side shows anything else than before."""
    for row, native in _respelled(link, side, fields, turn.mapping(link.flow).shown[side]):
        try:
            if not same(turn, row, row.kind.read(side, native), canonical(link, side, row)):
                return True
        except MappingError:
            return True
    return False


def _grouped(edits: list[Shown]) -> Iterator[list[Shown]]:
    """Yield what moves as one, in the order of its names."""

    def name_of(edit: Shown) -> str:
        return edit.row.group or f" {edit.row.name}"

    if len(edits) == 1:  # as most are
        yield edits
        return
    for _, group in groupby(sorted(edits, key=name_of), key=name_of):
        yield list(group)


def _edits(turn: Turn, link: Link, side: Side, fields: Fields, rows: Paths) -> list[Shown]:
    """Return what differs by the type's comparison; a mere change of spelling is noted and no edit."""
    edits = []
    for row, native in _respelled(link, side, fields, rows):
        try:
            value = row.kind.read(side, native)
            if row.currency and native is not None:
                require_own(turn.mapping(link.flow), row, side, fields)
        except MappingError as error:
            gated = link.state == "half" and foreign(turn.mapping(link.flow), row, side, fields) is not None
            _report(turn, link, side, row, native, error, gated=gated)
            continue
        learned = link.side(side).unmapped.pop(row.name, None) is not None
        if not learned and same(turn, row, value, canonical(link, side, row)):
            show(link, side, row, native)
            _rename(link, side, row, value)
        else:
            edits.append(Shown(row, native, value))
    return edits


def _rename(link: Link, side: Side, row: Row, value: Value) -> None:
    """What was said of a record that was merged into another is said of the survivor, even if that record comes back."""
    said = link.agreed.get(row.name)
    if row.kind.reference and said is not None and said.side == side and value is not None and said.value != value:
        link.agreed[row.name] = msgspec.structs.replace(said, value=value)


def _report(turn: Turn, link: Link, side: Side, row: Row, native: Value, error: MappingError, *, gated: bool) -> None:
    """Report a value that cannot be mapped, once for as long as it stays; the next command has to expect it. `gated`: a gate says it."""
    state = link.side(side)
    if state.unmapped.get(row.name) == native:
        return
    if not gated:
        turn.refuse(link, f"{link.flow}.{row.name}: {error}", side=side, name=row.name)
    state.unmapped[row.name] = native
    with reindexed(turn, link, side, {row.name}):
        show(link, side, row, native)


def _respelled(link: Link, side: Side, fields: Fields, rows: Paths) -> Iterator[tuple[Row, Value]]:
    """Yield the rows whose native value is not what was seen, or could not be mapped so far; null, "" and missing are one value."""
    said, unmapped = link.agreed, link.side(side).unmapped
    apart = link.side(side).seen.keys() | unmapped.keys()
    for row, path in rows:
        native, name = fields.get(path), row.name
        native = None if native == "" else native
        if name not in apart:
            now = said.get(name)
            if now is None:
                if native is None:
                    continue  # of which nobody ever said anything
            elif native == now.value and (native is None or row.kind.verbatim(side, native)):
                continue  # what most fields are, most of the time
        if native is None and row.label is not None and path not in fields:
            continue  # a custom field that is not there any more: nobody cleared it
        if native != seen(link, side, row) or name in unmapped:
            yield row, native


def _merge(turn: Turn, link: Link, side: Side, edits: list[Shown], at: int) -> None:
    for edit in edits:
        if edit.row.name in link.frozen:
            keep_apart(link, side, edit.row, edit.native)
    edits = [edit for edit in edits if edit.row.name not in link.frozen]
    if not edits:
        return
    row = edits[0].row
    settled = row.create_only and link.state != "half"
    if settled or row.derive or not row.writes(other(side)):
        _tolerate(turn, link, side, edits)
        return
    group = [each for each in turn.mapping(link.flow).moving_with(row) if each.name not in link.frozen]  # a frozen part rivals nobody
    if not all(holds(link, side, r) for r in group):
        edits = [edit for edit in edits if not _converges(turn, link, side, edit, at)]
    if all(holds(link, side, r) for r in group):
        for edit in edits:
            _take(turn, link, side, edit, at)
    elif edits:
        _conflict(turn, link, side, edits, group, at)


def _converges(turn: Turn, link: Link, side: Side, edit: Shown, at: int) -> bool:
    """Note an edit that says what is agreed already."""
    if not same(turn, edit.row, edit.value, agreed(link, edit.row.name).value):
        return False
    show(link, side, edit.row, edit.native)
    confirm(turn, link, edit.row, side, edit.value, at)
    return True


def _take(turn: Turn, link: Link, side: Side, edit: Shown, at: int) -> None:
    if link.state == "linked":
        note_edit(turn, link, edit.row, edit.value, at, side)
        _doubt(turn, link, other(side), edit, at)
    agree(link, edit.row, edit.value, at, side)
    show(link, side, edit.row, edit.native)


def _doubt(turn: Turn, link: Link, side: Side, edit: Shown, at: int) -> None:
    """An edit that says what the other side, which holds something older, showed before it: read it, for it may show a rival since."""
    same_again = not holds(link, side, edit.row) and same(turn, edit.row, edit.value, canonical(link, side, edit.row))
    if same_again and may_show_more(turn, link, side, at):
        link.side(side).reread = True


def _tolerate(turn: Turn, link: Link, side: Side, edits: list[Shown]) -> None:
    """A one-way field edited at its target stays as it is until its source changes; one whose source did is written over."""
    for edit in edits:
        once = edit.row.create_only or edit.row.derive
        show(link, side, edit.row, edit.native)
        if not holds(link, side, edit.row) and not once:
            words = {"won": _text(agreed(link, edit.row.name).value), "lost": _text(edit.value)}
            turn.journal(link, "conflict", "one way", side=other(side), field=edit.row.name, **words)
            continue
        hold(link, side, edit.row, agreed(link, edit.row.name).rev)
        if link.state == "linked" and not once:
            turn.journal(link, "tolerated", "edited at the target of a one-way row", side=side, field=edit.row.name, won=_text(edit.value))


def _conflict(turn: Turn, link: Link, side: Side, edits: list[Shown], group: Sequence[Row], at: int) -> None:
    if edits[0].row.policy == "manual":
        for edit in edits:
            show(link, side, edit.row, edit.native)
            link.side(side).held.setdefault(edit.row.name, 0)
        dispute(turn, link, group)
        return
    rival = max(agreed(link, row.name).at for row in group if not holds(link, side, row))
    first = edits[0]
    theirs = (other(side), rival, agreed(link, first.row.name).value)
    wins = winner(turn, link, first.row, (side, at, first.value), theirs) == side
    for edit in edits:
        values = [_text(edit.value), _text(agreed(link, edit.row.name).value)]
        won, lost = values if wins else reversed(values)
        by = side if wins else other(side)
        turn.journal(link, "conflict", edit.row.policy, side=by, field=edit.row.name, won=won, lost=lost)
    if wins:
        _claim(turn, link, side, edits, group, at)
        return
    for edit in edits:
        if holds(link, side, edit.row):  # the group's verdict takes back an edit nobody rivalled
            _uphold(link, side, edit.row, rival)
        show(link, side, edit.row, edit.native)
        link.side(side).held.setdefault(edit.row.name, 0)


def _uphold(link: Link, side: Side, row: Row, at: int) -> None:
    """What is agreed stands against an edit of `side`; whether it has come to the other side by now is another question."""
    arrived = holds(link, other(side), row)
    agree(link, row, agreed(link, row.name).value, at, other(side))
    if not arrived:
        hold(link, other(side), row, 0)


def _claim(turn: Turn, link: Link, side: Side, edits: list[Shown], group: Sequence[Row], at: int) -> None:
    """A side that wins a group wins it whole: what it shows unchanged stands against the other's edit too."""
    for edit in edits:
        _take(turn, link, side, edit, at)
    for row in group:
        if not holds(link, side, row):
            kept = Shown(row, seen(link, side, row), canonical(link, side, row))
            won, lost = _text(kept.value), _text(agreed(link, row.name).value)
            turn.journal(link, "conflict", row.policy, side=side, field=row.name, won=won, lost=lost)
            _take(turn, link, side, kept, at)


Claim = tuple[Side, int, Value]
"""Who says it, when (ms), what (canonical)."""


def winner(turn: Turn, link: Link, row: Row, one: Claim, two: Claim) -> Side:
    """Return the side whose value the row's policy picks; times that cannot be told apart go to the side of higher priority."""
    if row.policy == "fill-empty":
        return one[0] if two[2] is None else two[0]
    if row.policy in ("keap", "erp"):
        return row.policy
    if row.policy == "manual" or abs(one[1] - two[1]) <= TIED_MS + sum(turn.context.rounded.values()):
        return turn.mapping(link.flow).priority
    return one[0] if one[1] > two[1] else two[0]


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
