"""Those who wait for a turn in one process: by priority, then first come first served."""

from __future__ import annotations

import asyncio
from bisect import insort
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from connectors.budget.errand import Priority


@dataclass(order=True, slots=True)
class Place:
    """A place in the line."""

    priority: Priority
    number: int
    _moved: asyncio.Event = field(default_factory=asyncio.Event, compare=False)

    async def wait(self, seconds: float) -> None:
        """Wait so long, or until the first place is this one."""
        self._moved.clear()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._moved.wait(), seconds)

    def move_up(self) -> None:
        """Look again."""
        self._moved.set()


class Line:
    """A line; whoever leaves lets the next one move up."""

    def __init__(self) -> None:
        self._places: list[Place] = []
        self._numbers = count()

    def join(self, priority: Priority) -> Place:
        """Take a place, before all of a lower priority."""
        place = Place(priority, next(self._numbers))
        insort(self._places, place)
        return place

    def is_first(self, place: Place) -> bool:
        """Tell whose turn it is."""
        return self._places[0] is place

    def leave(self, place: Place) -> None:
        """Give a place up."""
        self._places.remove(place)
        if self._places:
            self._places[0].move_up()
