"""A sink's process that dies at a chosen moment of a create, and its successor, on a network that loses things.

Everything lives in one loop of virtual time (`tests.virtual`): the real writer and connector, and the real server as an application.
What a process leaves behind is what Kafka keeps: the table and the outcomes of committed transactions, and whether the command was acked.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any, Final, Literal

import httpx
from starlette.types import ASGIApp, Receive, Scope, Send

from schemas.codec import encode
from schemas.records import Command, Outcome
from streams.clock import now_ms
from streams.engine.records import Record
from streams.write.handler import Writer
from tests.write.conftest import FakeContext, FakeTable, outcomes_of

TIMEOUT_S: Final = 30.0
LATEST_S: Final = TIMEOUT_S - 0.1
"""After this a request has landed, or never will."""
OFFSET: Final = 100
Fate = Literal["arrives", "request lost", "reply lost"]


class Point(Enum):
    """Where the process dies."""

    BEFORE_THE_CALL = "before the call"
    REQUEST_LOST = "waiting, the request lost on its way"
    REPLY_LOST = "waiting, the request landing now or later"
    BEFORE_THE_TRANSACTION = "after the reply, before the transaction"
    IN_THE_TRANSACTION = "inside the transaction"
    BEFORE_THE_ACK = "after the transaction, before the ack"


@dataclass
class Run:
    """One create, from the command to the ack, over two lives.

    Attributes:
        point: where the first life ends.
        random: decides everything else.
        edit: what a person does to the new record as soon as it is there, given its JSON.
    """

    command: Command
    point: Point
    random: Random
    edit: Callable[[dict[str, Any]], Awaitable[None]] | None
    table: FakeTable = field(default_factory=FakeTable)
    outcomes: list[Outcome] = field(default_factory=list)
    acked: bool = False
    lives: int = 0
    fates: deque[Fate] = field(default_factory=deque)
    """Of the POSTs to come; none left: it arrives."""
    _dying: asyncio.Event = field(default_factory=asyncio.Event)

    async def carry_out(self, first: Writer, second: Writer) -> None:
        """Live, die, and live again until the command is acked."""
        current.set(self)
        self._lose_something()
        life, death = asyncio.create_task(self._live(first)), asyncio.create_task(self._dying.wait())
        await asyncio.wait((life, death), return_when=asyncio.FIRST_COMPLETED)
        assert death.done(), f"it outlived {self.point}"
        life.cancel()
        await asyncio.wait((life,))
        await asyncio.sleep(self.random.choice((0.0, self.random.uniform(0, 2 * TIMEOUT_S))))
        self._lose_something()
        await self._live(second)

    def _lose_something(self) -> None:
        self.fates = deque(self.random.choices(("arrives", "request lost", "reply lost"), (4, 1, 2), k=2))

    async def _live(self, writer: Writer) -> None:
        """Do what the engine does with a record: handle it, write what comes of it in one transaction, ack it."""
        self.lives += 1
        context = FakeContext(end_offset_at_assignment=OFFSET + (self.lives > 1))
        outputs = await writer.handle(Record("commands", 0, OFFSET, self.command.key, encode(self.command), now_ms()), self.table, context)
        assert outputs is not None
        await self.reach(Point.BEFORE_THE_TRANSACTION)
        if self.dies_at(Point.IN_THE_TRANSACTION) and self.random.random() < 0.5:
            await self.reach(Point.IN_THE_TRANSACTION)  # the broker never heard of the commit: it aborts
        self.table.update({key: value for key, value in outputs.rows.items() if value is not None})
        self.outcomes += outcomes_of(outputs)
        await self.reach(Point.IN_THE_TRANSACTION)  # or it did, and its word was lost
        await self.reach(Point.BEFORE_THE_ACK)
        self.acked = True

    def dies_at(self, point: Point) -> bool:
        """Tell whether this life ends there."""
        return self.lives == 1 and self.point is point

    async def reach(self, point: Point) -> None:
        """Come to a point; go no further if it is the last of this life."""
        if self.dies_at(point):
            await self.die()

    async def die(self) -> None:
        """Do nothing any more."""
        self._dying.set()
        await asyncio.Event().wait()


current: ContextVar[Run | None] = ContextVar("current", default=None)
"""Whose call goes out."""


class Network(httpx.AsyncBaseTransport):
    """Carries calls to an application. A POST of a run takes its time and may be lost; what is on its way arrives, whoever died."""

    def __init__(self, app: ASGIApp) -> None:
        """Carry to `app`."""
        self._to = httpx.ASGITransport(_with_state(app))
        self._under_way: set[asyncio.Task[httpx.Response]] = set()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one call; raises httpx.ReadTimeout when its reply is lost."""
        run = current.get()
        if run is None or request.method != "POST":
            return await self._to.handle_async_request(request)
        await run.reach(Point.BEFORE_THE_CALL)
        dies = run.dies_at(Point.REQUEST_LOST) or run.dies_at(Point.REPLY_LOST)
        fate = "arrives" if dies or not run.fates else run.fates.popleft()
        if run.dies_at(Point.REQUEST_LOST) or fate == "request lost":
            return await self._wait_in_vain(run)
        landing = asyncio.create_task(self._land(run, request))
        self._under_way.add(landing)
        landing.add_done_callback(self._under_way.discard)
        if run.dies_at(Point.REPLY_LOST) or fate == "reply lost":
            return await self._wait_in_vain(run)
        return await asyncio.shield(landing)

    async def _wait_in_vain(self, run: Run) -> httpx.Response:
        if run.dies_at(Point.REQUEST_LOST) or run.dies_at(Point.REPLY_LOST):
            await asyncio.sleep(run.random.choice((0.0, run.random.uniform(0, TIMEOUT_S))))
            await run.die()
        await asyncio.sleep(TIMEOUT_S)
        raise httpx.ReadTimeout("no reply came")

    async def _land(self, run: Run, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(run.random.choice((0.01, run.random.uniform(0, LATEST_S), LATEST_S)))
        response = await self._to.handle_async_request(request)
        body = await response.aread()
        if run.edit and response.is_success:
            current.set(None)
            await run.edit(response.json())
        return httpx.Response(response.status_code, headers=response.headers, stream=httpx.ByteStream(body))


def _with_state(app: ASGIApp) -> ASGIApp:
    """Give each call the scope's `state` that a server would."""

    async def called(scope: Scope, receive: Receive, send: Send) -> None:
        await app({**scope, "state": {}}, receive, send)

    return called
