"""One flow of one side of one connection, with all that reading it takes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from connectors.base import Source
from schemas.flows import Flow
from streams.capture.budget import Budget
from streams.capture.hints import Hints
from streams.capture.plan import DAY_S, Delays
from streams.capture.position import Position
from streams.capture.publisher import Publisher


@dataclass(frozen=True, slots=True)
class Feed:
    """What a poller reads, and where it goes.

    Attributes:
        poll_s: seconds between two polls of an idle flow.
        lag_ms: how long a read may show an older state after a write.
        sweep_s: seconds between two full scans.
        budget: the calls that the account's flows share.
        hints: what hooks say of this flow; None: nobody hears its hooks.
        poll_now: set to end the wait for the next poll.
        sweep_now: set to end the wait for the next sweep.
    """

    flow: Flow
    source: Source
    position: Position
    publisher: Publisher
    poll_s: float
    lag_ms: int
    sweep_s: float = DAY_S
    budget: Budget = field(default_factory=Budget)
    hints: Hints | None = None
    poll_now: asyncio.Event = field(default_factory=asyncio.Event)
    sweep_now: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def delays(self) -> Delays:
        """Return how late the side may show a change."""
        return Delays(self.source.traits(self.flow).rounded_ms, self.lag_ms)

    @property
    def newest_first(self) -> bool:
        """Tell whether the API cannot filter by time, only order by it."""
        return self.source.traits(self.flow).changes == "newest_first"
