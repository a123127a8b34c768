"""In flight is bounded per connection and side, in two pools that never share: bulk (the first run) and live.

A slot is membership in a set of link ids, never a counter. Who finds none waits in line; whoever frees one lets the line move.
"""

from __future__ import annotations

from typing import Literal

from schemas.flows import Flow, Side
from streams.sync.state import Flight, Link
from streams.sync.turn import Turn

Pool = Literal["bulk", "live"]


def gate_of(side: Side, pool: str) -> str:
    """Name the queue of a pool."""
    return f"slot/{side}/{pool}"


def take(turn: Turn, link: Link, side: Side, creates: Flow | None) -> bool:
    """Put a link into flight; False when its pool is full."""
    pool: Pool = "bulk" if link.bulk else "live"
    slots = turn.slots(side)
    if link.id not in slots.flights and slots.count(pool) >= turn.context.limits[pool]:
        return False
    slots.flights[link.id] = Flight(pool, turn.now, creates)
    return True


def free(turn: Turn, link_id: str, side: Side) -> None:
    """Take a link out of flight."""
    flight = turn.slots(side).flights.pop(link_id, None)
    if flight is not None:
        turn.freed.append((side, flight.pool))


def room(turn: Turn, side: Side, pool: Pool) -> bool:
    """Tell whether a pool has a free slot."""
    return turn.slots(side).count(pool) < turn.context.limits[pool]
