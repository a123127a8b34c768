"""What calls are made for, told once by whoever begins a piece of work and heard wherever a call waits for its turn.

with on_errand(Priority.BULK, context.may_start):
    await sink.create(...)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """Who goes first: the lower number."""

    BEGUN = -1
    """A write to a record that was just looked at: what somebody edits there before it lands is overwritten unseen."""
    LIVE = 0
    """A write that follows from a person's edit."""
    READ = 1
    """Reading what people did: without it there is nothing to write."""
    BULK = 2
    """The first run, and whatever else can wait."""


@dataclass(frozen=True, slots=True)
class Errand:
    """What a call is made for.

    Attributes:
        may_start: asked before a call that waited goes out: whether it still should.
    """

    priority: Priority = Priority.READ
    may_start: Callable[[], bool] = lambda: True


_errand: ContextVar[Errand] = ContextVar("errand", default=Errand())  # noqa: B039 - frozen


@contextmanager
def on_errand(priority: Priority, may_start: Callable[[], bool] = lambda: True) -> Iterator[None]:
    """Say what the calls within the block, and within the tasks it starts, are for."""
    token = _errand.set(Errand(priority, may_start))
    try:
        yield
    finally:
        _errand.reset(token)


@contextmanager
def begun() -> Iterator[None]:
    """Say that the calls within the block end what is begun, whatever it is for."""
    with on_errand(Priority.BEGUN, current().may_start):
        yield


def current() -> Errand:
    """Return what calls are made for now; who said nothing reads."""
    return _errand.get()
