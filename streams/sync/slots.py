"""In flight is bounded per connection and side, in two pools that never share: bulk (the first run) and live.

A slot is membership in a set of link ids, never a counter. Who finds none waits in line; whoever frees one lets the line move.
"""

from __future__ import annotations

from schemas.flows import Flow, Side
from streams.sync.state import Flight, Link
from streams.sync.turn import POOLS, Pool, Turn


def gate_of(side: Side, pool: Pool) -> str:
    """Name the queue of a pool."""
    return f"slot/{side}/{pool}"


def pool_of(link: Link) -> Pool:
    """Return the pool a link travels in: what belongs to the first run never stands before a live edit."""
    return "bulk" if link.bulk else "live"


def room(turn: Turn, side: Side, pool: Pool) -> bool:
    """Tell whether a pool has a free slot."""
    return len(turn.slots(side, pool).flights) < turn.context.limits[pool]


def take(turn: Turn, link: Link, side: Side, creates: Flow | None) -> bool:
    """Put a link into flight; False when its pool is full."""
    pool = pool_of(link)
    flights = turn.slots(side, pool).flights
    if link.id not in flights and not room(turn, side, pool):
        return False
    flights[link.id] = Flight(turn.now, creates)
    return True


def free(turn: Turn, link_id: str, side: Side) -> None:
    """Take a link out of flight."""
    for pool in POOLS:
        if turn.slots(side, pool).flights.pop(link_id, None) is not None:
            turn.freed.append((side, pool))


def creating(turn: Turn, side: Side, flow: Flow) -> list[tuple[str, int]]:
    """Return (link, issued at) of every create of a flow that is under way on a side."""
    flights = (item for pool in POOLS for item in turn.slots(side, pool).flights.items())
    return [(link_id, flight.issued_at) for link_id, flight in flights if flight.creates == flow]
