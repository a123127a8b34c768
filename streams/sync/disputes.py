"""Fields that nothing is written of: disputed ones wait for an operator's choice, frozen ones were fought over by two automations.

A field whose value returns to a former one again and again within a short time is frozen; the pair's other fields go on.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from typing import Final

from schemas.flows import SIDES, Side, Value, other
from streams.mapping.rows import Row
from streams.sync.agreement import confirm
from streams.sync.fields import agree, agreed, alike, canonical, holds, same, seen, show
from streams.sync.state import Flips, Link
from streams.sync.turn import Turn

WINDOW_MS: Final = 10 * 60 * 1000
"""Two edits of a field further apart than this are no fight."""
MOST: Final = 8
"""Returns to a former value in a row before a field is frozen."""
FORMER: Final = 3
"""How many former values are remembered: fights alternate between few."""


def stopped_groups(link: Link, rows: Iterable[Row]) -> set[str]:
    """Return the groups (a row without one is its own) of which nothing may be written: a group goes whole, or stays."""
    if not link.disputed and not link.frozen:
        return set()
    return {row.group or row.name for row in rows if row.name in link.disputed or row.name in link.frozen}


def dispute(turn: Turn, link: Link, rows: Sequence[Row]) -> None:
    """Leave two values of a field side by side until an operator chooses."""
    new = [row.name for row in rows if row.name not in link.disputed]
    link.disputed += new
    if new:
        turn.journal(link, "dispute", ", ".join(new))


def forget_settled(turn: Turn, link: Link) -> None:
    """End the disputes whose sides show the same by now; a group's ends whole."""
    mapping = turn.mapping(link.flow)
    for name in list(link.disputed):
        row = mapping.find(name)
        group = mapping.moving_with(row) if row else ()
        if group and all(same(turn, each, canonical(link, "keap", each), canonical(link, "erp", each)) for each in group):
            link.disputed.remove(name)
            turn.journal(link, "settled", f"both sides show the same {name}", field=name)
            for each in group:
                _confirm(turn, link, each)


def _confirm(turn: Turn, link: Link, row: Row) -> None:
    """Whose word was set aside in a dispute typed it at some time before it was shown: the other may have moved on before that."""
    for side in SIDES:
        if holds(link, other(side), row) and not holds(link, side, row):
            confirm(turn, link, row, side, agreed(link, row.name).value, link.side(side).known_at)
            return


def choose(turn: Turn, link: Link, name: str, side: Side) -> None:
    """Let what a side shows of a disputed field stand; a group is chosen whole."""
    mapping = turn.mapping(link.flow)
    row = mapping.row(name)
    for each in mapping.moving_with(row):
        if each.name in link.disputed:
            link.disputed.remove(each.name)
        if _differ_by_habit(link, each):
            turn.journal(link, "settled", f"both sides have the same {each.name}", field=each.name)
            continue
        native, lost = seen(link, side, each), canonical(link, other(side), each)
        agree(link, each, canonical(link, side, each), turn.now, side)
        show(link, side, each, native)
        turn.journal(link, "chosen", each.name, side=side, field=each.name, won=_text(canonical(link, side, each)), lost=_text(lost))


def _differ_by_habit(link: Link, row: Row) -> bool:
    """Tell whether a part of a group is what was agreed on both sides, one of which stores it in its own spelling: that goes nowhere."""
    both = all(holds(link, side, row) for side in SIDES)
    return both and alike(row, canonical(link, "keap", row), canonical(link, "erp", row))


def thaw(link: Link, name: str) -> None:
    """Let a frozen field move again: what was agreed last is written to whoever shows something else."""
    link.frozen.remove(name)
    link.flips.pop(name, None)


def note_edit(turn: Turn, link: Link, row: Row, value: Value, at: int, side: Side) -> None:
    """Remember the value an edit replaces; freeze the field when it has returned to a former one too often."""
    before = agreed(link, row.name)
    if before.rev == 0 or at - before.at > WINDOW_MS:
        link.flips.pop(row.name, None)
        return
    flips = link.flips.setdefault(row.name, Flips())
    flips.count = flips.count + 1 if flips.former and _digest(value) in flips.former else 0
    flips.former = [*flips.former, _digest(before.value)][-FORMER:]
    former, flips.by = flips.by or before.side, f"{side} ({turn.author})" if turn.author else side
    if flips.count > MOST:
        link.frozen.append(row.name)
        turn.journal(link, "frozen", f"{row.name} alternates, last by {former} and {flips.by}", side=side, field=row.name)


def keep_apart(link: Link, side: Side, row: Row, native: Value) -> None:
    """Note what a side shows of a frozen field; it is written over when the field is thawed."""
    show(link, side, row, native)
    link.side(side).held[row.name] = 0


def _digest(value: Value) -> int:
    return zlib.crc32(repr(value).encode())


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
