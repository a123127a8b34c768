"""One flow of one side of one connection, with all that reading it takes."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.base import Source
from schemas.flows import Flow
from streams.capture.plan import Delays
from streams.capture.position import Position
from streams.capture.publisher import Publisher


@dataclass(frozen=True, slots=True)
class Feed:
    """What a poller reads, and where it goes."""

    flow: Flow
    source: Source
    position: Position
    publisher: Publisher
    poll_s: float
    delays: Delays

    @property
    def newest_first(self) -> bool:
        """Tell whether the API cannot filter by time, only order by it."""
        return self.source.traits(self.flow).changes == "newest_first"
