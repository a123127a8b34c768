"""Repeat a call while its faults are passing ones: backoff with jitter, or the wait the server asked for.

Endless on purpose: order must hold and nothing may be given up, so the caller waits until the call succeeds, fails for good or has to stop.
A fault that lasts is logged once when it shows and once when it is over, however often it is met in between.
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
WAIT_JITTER_S: Final = 0.5
WORTH_A_LINE: Final = 3
"""Attempts: what a second or third one heals is nobody's business."""

# The state changes logged here replace a line per attempt.
stamina.instrumentation.set_on_retry_hooks([])


class Stopped(Exception):  # noqa: N818 - an order, not an error
    """The wait ended because its caller has to stop."""


class Patience:
    """Waits for one API account; it knows whether the account answers."""

    def __init__(self, log: structlog.stdlib.BoundLogger) -> None:
        """Log the begin and the end of a fault to `log`."""
        self._log = log
        self._faulty = False

    async def __call__(self, call: Callable[[], Awaitable[T]], stopping: asyncio.Event | None = None) -> T:
        """Await `call()` until it does not raise RetriableError; other errors pass.

        Raises:
            Stopped: `stopping` was set during a wait between two attempts.
        """
        attempts = aiter(
            stamina.retry_context(
                _wait, attempts=None, timeout=None, wait_initial=WAIT_FIRST_S, wait_max=WAIT_MAX_S, wait_jitter=WAIT_JITTER_S
            )
        )
        while True:
            attempt = await unless_stopped(anext(attempts), stopping)
            with attempt:
                try:
                    result = await call()
                except RetriableError as error:
                    self._tell(error, attempt.num)
                    raise
                self._well()
                return result

    def _tell(self, error: RetriableError, attempt: int) -> None:
        if not self._faulty and (attempt >= WORTH_A_LINE or (error.wait_s or 0) > WAIT_FIRST_S * 2**WORTH_A_LINE):
            self._faulty = True
            self._log.warning("call.failed", error=str(error), kind=type(error).__name__)

    def _well(self) -> None:
        if self._faulty:
            self._faulty = False
            self._log.info("call.recovered")


async def unless_stopped(waiting: Awaitable[T], stopping: asyncio.Event | None) -> T:
    """Await something that may be abandoned; raises Stopped as soon as `stopping` is set."""
    if stopping is None:
        return await waiting
    wait, stop = asyncio.ensure_future(waiting), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((wait, stop), return_when=asyncio.FIRST_COMPLETED)
        if not wait.done():
            raise Stopped
        return wait.result()
    finally:
        wait.cancel()
        stop.cancel()


def _wait(error: Exception) -> bool | float:
    if not isinstance(error, RetriableError):
        return False
    return True if error.wait_s is None else min(error.wait_s, WAIT_MAX_S)
