"""One command in hand: what it asks, whom it asks, and how to wait.

No call begins once the partition may be another worker's, and every wait ends at once on shutdown: both raise Stopped, and the command
comes again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from connectors.base import Sink, Traits
from schemas.errors import RejectedError
from schemas.flows import Flow, flow_of
from schemas.records import Command
from streams.clock import now_ms
from streams.engine.contracts import LaneContext
from streams.patience import Stopped, unless_stopped
from streams.write.account import Account

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Job:
    """A command with all that carrying it out takes."""

    command: Command
    account: Account
    context: LaneContext
    repeated: bool
    """An earlier attempt may have reached the server."""
    settled_at: int
    """When such an attempt has landed and shows (ms)."""

    @property
    def flow(self) -> Flow:
        """The flow of the command's record."""
        return flow_of(self.command.side, self.command.entity)

    @property
    def sink(self) -> Sink:
        """The side that is written."""
        return self.account.sink

    @property
    def traits(self) -> Traits:
        """What the side can do."""
        return self.sink.traits(self.flow)

    @property
    def stamp_path(self) -> str | None:
        """Where records of this flow show the stamp; None where the side keeps none, whatever the mapping says."""
        return self.account.stamps.get(self.flow) if self.traits.stamps else None

    @property
    def target(self) -> str:
        """The id of the record to change; raises RejectedError when the command names none."""
        if self.command.target is None:
            raise RejectedError(f"a command to {self.command.op} that names no record")
        return self.command.target

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Await `attempt()`, again and again while its faults are passing ones.

        Raises:
            Stopped: no call may begin any more.
        """

        async def checked() -> T:
            if not self.context.may_start():
                raise Stopped
            return await attempt()

        return await self.account.patience(checked, self.context.stopped)

    async def wait_until(self, at: int) -> None:
        """Wait until a time (ms); raises Stopped when the partition is given up first."""
        while (left_ms := at - now_ms()) > 0:
            await unless_stopped(asyncio.sleep(left_ms / 1000), self.context.stopped)

    async def wait_to_settle(self) -> None:
        """Wait until a request that was lost just now has landed and shows."""
        await self.wait_until(now_ms() + self.account.timeout_ms + self.account.lag_ms)
