"""One virtual clock, and processes as coroutines that are advanced a step at a time: between two steps anything may happen."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Coroutine, Generator, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from types import ModuleType, coroutine
from typing import Any

import streams.capture.heed
import streams.capture.sweep
import streams.write.create
import streams.write.delete
import streams.write.job
import streams.write.read
import streams.write.update
from schemas.errors import RetriableError

Change = tuple[Any, str, Any]
"""(owner, name, what to put there)"""
START = 1_800_000_000_000
"""ms since the epoch."""
TIMED: tuple[ModuleType, ...] = (
    streams.capture.heed,
    streams.capture.sweep,
    streams.write.create,
    streams.write.delete,
    streams.write.job,
    streams.write.read,
    streams.write.update,
)
"""Modules of the program that look at the clock."""


class Clock:
    """The time of our own processes (ms); each system has its own, off by its skew."""

    def __init__(self) -> None:
        self.now = START


@coroutine
def pause(until: int = 0) -> Generator[int, None, None]:
    """Let others run, until a time (ms) at least; a process may die here."""
    yield until


class Task:
    """A coroutine that runs when it is told to."""

    def __init__(self, running: Coroutine[Any, Any, Any]) -> None:
        self.running = running
        self.context = copy_context()  # as asyncio's tasks have one: what is counted there is its own
        self.wake = 0
        self.done = False

    def step(self) -> None:
        """Run to the next pause."""
        try:
            self.wake = self.context.run(self.running.send, None)
        except StopIteration:
            self.done = True

    def kill(self) -> None:
        """Die where it stands."""
        self.context.run(self.running.close)


class Bell:
    """Stands for an `asyncio.Event`: whoever waits for it goes on when it is set."""

    def __init__(self) -> None:
        self.rung = False

    def set(self) -> None:
        """Wake the waiting."""
        self.rung = True

    def clear(self) -> None:
        """Let them wait again."""
        self.rung = False

    def is_set(self) -> bool:
        """Tell whether it was rung."""
        return self.rung

    async def wait(self) -> None:
        """Wait for it."""
        while not self.rung:
            await pause()


class Sleeper:
    """Stands for `asyncio` where a module only sleeps."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    async def sleep(self, seconds: float) -> None:
        """Sleep on the virtual clock."""
        until = self.clock.now + round(seconds * 1000)
        while self.clock.now < until:
            await pause(until)


class Patience:
    """Repeats a call while its faults are passing ones, on the virtual clock."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock

    async def __call__(self, call: Callable[[], Coroutine[Any, Any, Any]], stopping: object = None) -> Any:  # noqa: ARG002 - nothing stops here
        """Await `call()` until it does not raise RetriableError."""
        while True:
            try:
                return await call()
            except RetriableError:
                await pause(self.clock.now + 300)


@contextmanager
def patched(*changes: Change) -> Iterator[None]:
    """Put other things in the place of (owner, name) for a while; a module's name may hide a builtin."""
    if missing := [name for owner, name, _ in changes if not hasattr(owner, name) and not hasattr(builtins, name)]:
        raise AttributeError(f"there is no {', '.join(missing)} to replace")
    before = [(owner, name, vars(owner).get(name)) for owner, name, _ in changes]
    for owner, name, value in changes:
        setattr(owner, name, value)
    try:
        yield
    finally:
        for owner, name, value in reversed(before):
            if value is None:
                delattr(owner, name)
            else:
                setattr(owner, name, value)


def on(clock: Clock) -> list[Change]:
    """Return the changes that put the program on a virtual clock."""
    return [*((module, "now_ms", lambda: clock.now) for module in TIMED), (streams.capture.heed, "asyncio", Sleeper(clock))]
