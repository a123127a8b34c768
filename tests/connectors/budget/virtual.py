"""A loop whose time only passes while everybody waits: hours take milliseconds, and nothing is a matter of speed."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any

MIDNIGHT = 1_800_057_600.0
"""A 00:00 UTC."""
TICK_S = 1e-6
"""The least time there is: what is less is lost in so large a number."""


class _Jump(selectors.DefaultSelector):
    """Waits for nothing: where nothing has happened, the time that would have passed has."""

    now = MIDNIGHT

    def select(self, timeout: float | None = None) -> Any:
        """Return what is there, or let time pass."""
        events = super().select(0)
        if not events and timeout:
            self.now += max(timeout, TICK_S)
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """The loop; `time` is seconds since the epoch."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        self._clock_resolution = TICK_S

    def time(self) -> float:
        """Say what time it is."""
        return self._jump.now


def now() -> float:
    """Return the running loop's time."""
    return asyncio.get_running_loop().time()
