"""Repeat a call while its faults are passing ones: backoff with jitter, or the wait the server asked for.

Endless on purpose: order must hold and nothing may be given up, so the caller waits until the call succeeds, fails for good or has to stop.
A fault is logged once when it begins and once when it is over, however often it is met in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import stamina
import structlog

from schemas.errors import RetriableError

T = TypeVar("T")

WAIT_FIRST_S: Final = 0.2
WAIT_MAX_S: Final = 60.0
"""Also bounds what a server may ask for: a `Retry-After` of a day is looked at again every minute."""

# The state changes logged here replace a line per attempt.
stamina.instrumentation.set_on_retry_hooks([])


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """The wait ended because its caller has to stop."""


class Patience:
    """One caller's way of waiting; it knows whether its source or sink is well."""

    def __init__(self, log: structlog.stdlib.BoundLogger, stopping: asyncio.Event | None = None) -> None:
        """Log to `log`; every wait ends with Stopped once `stopping` is set."""
        self._log = log
        self._stopping = stopping
        self._faulty = False

    async def __call__(self, call: Callable[[], Awaitable[T]]) -> T:
        """Await `call()` until it does not raise RetriableError; other errors pass.

        Raises:
            Stopped: `stopping` was set while waiting.
        """
        attempts = aiter(
            stamina.retry_context(self._wait, attempts=None, timeout=None, wait_initial=WAIT_FIRST_S, wait_max=WAIT_MAX_S, wait_jitter=0.5)
        )
        while True:
            attempt = await self.unless_stopped(anext(attempts))
            with attempt:
                result = await call()
                self._well()
                return result

    async def unless_stopped(self, waiting: Awaitable[T]) -> T:
        """Await something that may be abandoned; raises Stopped as soon as `stopping` is set."""
        if self._stopping is None:
            return await waiting
        wait, stop = asyncio.ensure_future(waiting), asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait((wait, stop), return_when=asyncio.FIRST_COMPLETED)
            if not wait.done():
                raise Stopped
            return wait.result()
        finally:
            wait.cancel()
            stop.cancel()

    def _wait(self, error: Exception) -> bool | float:
        if not isinstance(error, RetriableError):
            return False
        if not self._faulty:
            self._faulty = True
            self._log.warning("call.failed", error=str(error), kind=type(error).__name__)
        return True if error.wait_s is None else min(error.wait_s, WAIT_MAX_S)

    def _well(self) -> None:
        if self._faulty:
            self._faulty = False
            self._log.info("call.recovered")
