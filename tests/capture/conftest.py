"""A poller's parts over a fake side and a broker in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

import pytest
import stamina
import structlog
from msgspec import structs

from connectors.base import Record, Source
from schemas.codec import decode, encode
from schemas.errors import FatalError
from schemas.flows import Flow
from schemas.records import Change, Cursor, ScanMark, Survey
from streams.capture.feed import Feed
from streams.capture.plan import Run
from streams.capture.position import Position
from streams.capture.publisher import Publisher
from streams.capture.recover import Place, recover
from streams.capture.scan import scan
from streams.capture.transactions import Message
from streams.patience import Patience
from streams.topics import CHANGES, CURSORS
from tests.fakes.side import FakeSide

T = TypeVar("T")


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_backoff() -> Iterator[None]:
    """Retry at once, and not for ever."""
    with stamina.set_testing(True, attempts=50):
        yield


@dataclass(frozen=True, slots=True)
class Stored:
    """A record as a consumer returns it."""

    of: Message
    at: int = 0

    def topic(self) -> str:
        """Return its topic."""
        return self.of.topic

    def partition(self) -> int:
        """Return its partition."""
        return 0

    def offset(self) -> int:
        """Return its offset."""
        return self.at

    def key(self) -> bytes | None:
        """Return its key."""
        return self.of.key

    def value(self) -> bytes | None:
        """Return its value."""
        return self.of.value


@dataclass
class MemoryBroker:
    """One partition of every topic; `crash_at` refuses the transaction of that number, counted from 1."""

    transactions: list[list[Message]] = field(default_factory=list)
    crash_at: int = 0

    def open(self) -> None:
        """Fence nobody."""

    def commit(self, messages: Sequence[Message]) -> None:
        """Keep a transaction, or lose it whole."""
        if self.crash_at and len(self.transactions) + 1 == self.crash_at:
            self.crash_at = 0
            raise FatalError("the process died")
        self.transactions.append(list(messages))

    def read(self, topic: str) -> list[Stored]:
        """Return a topic's records in their order."""
        found = [message for transaction in self.transactions for message in transaction if message.topic == topic]
        return [Stored(message, offset) for offset, message in enumerate(found)]

    def records(self, topic: str, kind: type[T]) -> list[T]:
        """Return a topic's records of one kind, decoded."""
        decoded = [decode(message.value()) for message in self.read(topic)]
        return [record for record in decoded if isinstance(record, kind)]


class Poller:
    """One flow's poller, step by step; `restart` forgets all that is not on the broker."""

    def __init__(self, source: Source, flow: Flow = "contact", *, lag_ms: int = 0) -> None:
        self.source = source
        self.flow: Flow = flow
        self.lag_ms = lag_ms
        self.broker = MemoryBroker()
        self.restart()

    @property
    def side(self) -> FakeSide:
        """The side, when it is a fake one."""
        assert isinstance(self.source, FakeSide)
        return self.source

    def restart(self) -> None:
        """Take up from what the broker holds."""
        positions = recover(self.broker.read(CURSORS)).positions
        place: Place = ("main", self.source.side, self.flow)
        self.position = positions.get(place, Position.unknown(*place))
        self.publisher = Publisher(self.broker, 0)
        self.feed = Feed(self.flow, self.source, self.position, self.publisher, 1, self.lag_ms)

    async def scan(self, run: Run) -> int:
        """Carry out one run."""
        return await scan(self.feed, run, Patience(structlog.get_logger()))

    async def snapshot(self) -> int:
        """Read everything."""
        return await self.scan(Run("snapshot", None))

    async def poll(self, since: int = 0) -> int:
        """Read what changed since a time."""
        return await self.scan(Run("full", since))

    @property
    def changes(self) -> list[Change]:
        """What was published."""
        return self.broker.records(CHANGES, Change)

    @property
    def marks(self) -> list[ScanMark]:
        """The marks that were published."""
        return self.broker.records(CHANGES, ScanMark)


def a_record(id_: str = "1", **changes: Any) -> Record:
    """Return a record that changed long before it is read, changed as asked."""
    return replace(Record(id_, {"given_name": "Ann"}, created_at=1_000, updated_at=1_000), **changes)


def a_cursor(**changes: Any) -> Cursor:
    """Return the head of a flow whose snapshot is done, changed as asked."""
    return structs.replace(Cursor("main", "keap", "contact", 0, watermark=10_000_000, snapshot_at=9_000_000), **changes)


def a_survey(**changes: Any) -> Survey:
    """Return what sweeps tell of that flow, changed as asked."""
    return structs.replace(Survey("main", "keap", "contact"), **changes)


def stored(cursor: Cursor, at: int = 0) -> Stored:
    """Return a cursor as the topic holds it."""
    return Stored(Message(CURSORS, cursor.key, encode(cursor)), at)
