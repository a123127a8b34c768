"""Too many writes at once to one side of a flow stop there: a mapping gone wrong, a bad import. An operator releases or withholds them.

Counted are live updates, and apart from them what deletes and switches off; a first run is what it is, and so is a create: it takes nothing
away, and plan mode asks for each. The limit is a number, or a share of the flow's pairs where that is more, up to a number.
"""

from __future__ import annotations

from schemas.flows import Flow, Side, Value
from streams.sync import rows
from streams.sync.fields import agreed, canonical, hold, holds
from streams.sync.state import Link, Window
from streams.sync.turn import Kind, Turn


def gate_of(flow: Flow, side: Side) -> str:
    """Name the queue of those who wait at a breaker."""
    return f"breaker/{flow}/{side}"


def window_of(turn: Turn, gate: str) -> Window | None:
    """Return what a breaker has counted; None when that is nothing."""
    return turn.get(rows.breaker_key(turn.connection, gate), Window)


def stopped(turn: Turn, link: Link, side: Side, kind: Kind) -> str | None:
    """Return the breaker's gate when a write to `side` would be one too many."""
    limit = turn.context.limit(kind)
    if link.bulk or not limit.count:
        return None
    gate = gate_of(link.flow, side)
    window = window_of(turn, gate)
    if window is None:
        return None
    if not window.open and turn.now - window.since > limit.window_ms:
        window.since, window.updates, window.deletes = turn.now, 0, 0
    counted = getattr(window, kind)
    if not window.open and counted >= limit.count and counted >= limit.of(turn.progress().pairs.get(link.flow, 0)):
        window.open, window.opened_at = True, turn.now
        turn.journal(link, "breaker", f"{counted} {kind} of {side} {link.flow} in {limit.window_ms // 1000} s: stopped", side=side)
    return gate if window.open else None


def count(turn: Turn, link: Link, side: Side, kind: Kind) -> None:
    """Count a write."""
    if not link.bulk and turn.context.limit(kind).count:
        gate = gate_of(link.flow, side)
        if (window := window_of(turn, gate)) is None:
            window = Window(turn.now)
            turn.put(rows.breaker_key(turn.connection, gate), window)
        setattr(window, kind, getattr(window, kind) + 1)


def release(turn: Turn, gate: str) -> None:
    """Let the writes go on, counted anew."""
    turn.put(rows.breaker_key(turn.connection, gate), None)


def withholds(turn: Turn, link: Link, side: Side) -> bool:
    """Tell whether an operator withholds what waits at a breaker."""
    window = window_of(turn, gate_of(link.flow, side))
    return window is not None and window.withheld


def withhold(turn: Turn, link: Link, side: Side) -> None:
    """Leave a side as it is: what it lacks counts as written, until somebody edits it again, and is journaled."""
    for row in turn.mapping(link.flow).written[side].values():
        if holds(link, side, row):
            continue
        kept, lost = _text(canonical(link, side, row)), _text(agreed(link, row.name).value)
        hold(link, side, row, agreed(link, row.name).rev)
        turn.journal(link, "withheld", row.name, side=side, field=row.name, won=kept, lost=lost)
    if retire := link.side(side).retire:
        link.side(side).retire = None
        turn.journal(link, "withheld", retire, side=side)


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
