"""Count the API calls of one piece of work.

    with counted() as tally:
        await asyncio.wait_for(sink.create(...), 60)
    tally.calls

The tally follows the work into the tasks it starts, so work side by side is counted apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Tally:
    """How many calls went out."""

    calls: int = 0


_tally: ContextVar[Tally | None] = ContextVar("tally", default=None)


@contextmanager
def counted() -> Iterator[Tally]:
    """Count the calls made within the block; an inner count adds to the outer one when it ends."""
    outer, tally = _tally.get(), Tally()
    token = _tally.set(tally)
    try:
        yield tally
    finally:
        _tally.reset(token)
        if outer is not None:
            outer.calls += tally.calls


def note_call() -> None:
    """Add one call to the tally of the current work, if there is one."""
    if (tally := _tally.get()) is not None:
        tally.calls += 1
