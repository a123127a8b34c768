"""Let calls go no earlier than the account allows, the urgent ones first.

Nothing is slept off that the caller should know of: a long wait is raised, not slept.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final, TypeVar

from connectors.budget import errand
from connectors.budget.books import Books, OwnBooks
from connectors.budget.headers import Heard
from connectors.budget.ledger import Ledger, Policy, Ticket, learn, rate, stop_of, take
from connectors.budget.line import Line
from schemas.errors import RateLimitedError, RetriableError

T = TypeVar("T")

ASLEEP_S: Final = 30.0
"""Longest stop that is slept off; a longer one is raised, so that the caller can stop politely. A queue is no stop."""
LOOK_S: Final = 1.0
"""Between two looks while waiting: a stop may have been lifted, or the work been given up."""
LOCKED_S: Final = 0.001
"""Between two tries while another process has the books, which takes microseconds."""


class Pacer:
    """Lets the calls of one account go, one by one; for one event loop, of one process of several.

    Args:
        policy: what is configured.
        books: where the ledger is kept; those who share an account share the books.
        clock: seconds since the epoch.
    """

    def __init__(self, policy: Policy | None = None, books: Books | None = None, clock: Callable[[], float] = time.time) -> None:
        self._policy, self._books, self._clock = policy or Policy(), books or OwnBooks(), clock
        self._line = Line()

    async def turn(self) -> Ticket:
        """Wait for the next call's turn; may be cancelled.

        Raises:
            RateLimitedError: no call may go for longer than it makes sense to sleep; `wait_s` says for how long.
            RetriableError: the work was given up while the call waited.
        """
        work = errand.current()
        place = self._line.join(work.priority)
        try:
            while True:
                if not work.may_start():
                    raise RetriableError("given up while it waited for its turn")
                wait_s = LOOK_S
                if self._line.is_first(place):
                    taken = await self._change(lambda ledger: self._take(ledger, work.priority))
                    if isinstance(taken, Ticket):
                        return taken
                    wait_s = min(taken, LOOK_S)
                await place.wait(wait_s)
        finally:
            self._line.leave(place)

    def _take(self, ledger: Ledger, priority: errand.Priority) -> Ticket | float:
        now = self._clock()
        stop = stop_of(ledger, self._policy, priority, now)
        if stop is None:
            return take(ledger, self._policy, priority, now)
        if stop.until - now > ASLEEP_S:
            raise RateLimitedError(stop.reason, stop.until - now)
        return stop.until - now

    async def learn(self, ticket: Ticket, heard: Heard) -> None:
        """Take in what the answer to a call said."""
        await self._change(lambda ledger: learn(ledger, ticket, heard, self._clock()))

    async def cap(self, per_second: float) -> None:
        """Take the server's word for the account's rate where it is said outside the headers."""

        def allow(ledger: Ledger) -> None:
            ledger.allowed = per_second

        await self._change(allow)

    async def rate(self) -> float:
        """Return the calls a second that go out now."""
        return await self._change(lambda ledger: rate(ledger, self._policy))

    async def _change(self, change: Callable[[Ledger], T]) -> T:
        while True:
            try:
                with self._books.open(self._clock()) as ledger:
                    return change(ledger)
            except BlockingIOError:
                await asyncio.sleep(LOCKED_S)

    def close(self) -> None:
        """Let go of the books."""
        self._books.close()
