"""Virtual time: hours of waiting in no time at all, for everything that lives in one event loop."""

from __future__ import annotations

import asyncio
import selectors
from typing import Any


class _Selector(selectors.SelectSelector):
    """Instead of waiting for the next timer, the time moves on to it."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Wait for nothing; raises RuntimeError when nobody would ever wake up."""
        if timeout is None:
            raise RuntimeError("everybody waits, and for nothing")
        self.now += max(timeout, 0)
        return super().select(0)


class VirtualLoop(asyncio.SelectorEventLoop):
    """An event loop whose time passes only while everybody waits. Nothing in it may use a socket or a thread."""

    def __init__(self) -> None:
        """Begin at 0."""
        self.virtual = _Selector()
        super().__init__(self.virtual)

    def time(self) -> float:
        """Return the virtual time (s)."""
        return self.virtual.now


class Wall:
    """The wall clock of a virtual loop; stands in for the module `time`.

    Args:
        start_ms: what it shows when the loop begins (ms since the epoch).
    """

    def __init__(self, loop: VirtualLoop, start_ms: int) -> None:
        """Begin with the loop."""
        self._loop, self._start_ms = loop, start_ms

    def time(self) -> float:
        """Return seconds since the epoch."""
        return self._start_ms / 1000 + self._loop.time()

    def time_ns(self) -> int:
        """Return nanoseconds since the epoch."""
        return self._start_ms * 1_000_000 + round(self._loop.time() * 1e9)

    def show(self, monkeypatch: Any) -> None:
        """Let our shells and the sandbox's servers look at this clock."""
        for module in ("streams.clock", "sandbox.http.clock"):
            monkeypatch.setattr(f"{module}.time", self)
