"""A writer in front of a fake side, a command to give it, and what the engine would tell it."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import stamina
import structlog
from msgspec.structs import replace

from schemas.codec import encode, expect
from schemas.records import Command, DeadLetter, Outcome
from streams.clock import now_ms
from streams.engine.records import Outputs, Record
from streams.patience import Patience
from streams.topics import COMMANDS, DEAD_LETTERS, OUTCOMES
from streams.write.account import Account
from streams.write.handler import Writer
from tests.fakes.side import FakeSide

TIMEOUT_MS = 20


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio, the engine's loop."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _no_backoff() -> Iterator[None]:
    """Retry at once, and not for ever."""
    with stamina.set_testing(True, attempts=50):
        yield


@dataclass
class FakeContext:
    """What the engine tells of a record."""

    end_offset_at_assignment: int = 0
    attempt: int = 0
    stopped: asyncio.Event = field(default_factory=asyncio.Event)
    ours: bool = True

    def may_start(self) -> bool:
        """Tell whether the partition is ours."""
        return self.ours and not self.stopped.is_set()


class FakeTable(dict[bytes, bytes]):
    """Rows in memory."""

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield rows by prefix."""
        yield from sorted((key, value) for key, value in self.items() if key.startswith(prefix))


class Bench:
    """A writer, its side and its table; `give` hands it a command as the engine would."""

    def __init__(self, side: FakeSide) -> None:
        self.side = side
        self.table = FakeTable()
        stamps = {flow: side.stamp_path for flow in ("company", "contact") if side.stamp_path}
        account = Account(side, stamps, lag_ms=0, timeout_ms=TIMEOUT_MS, patience=Patience(structlog.get_logger()))  # type: ignore[arg-type]
        self.writer = Writer(side.side, {"main": account}, partitions=4)
        self.offset = 100

    def record(self, value: bytes | None, key: bytes = b"L1", offset: int | None = None) -> Record:
        """Return a record of the command topic."""
        self.offset += 1
        return Record(COMMANDS[self.side.side], 0, self.offset if offset is None else offset, key, value, now_ms())

    async def handle(self, record: Record, context: FakeContext | None = None) -> Outputs | None:
        """Hand a record to the writer and keep the rows that come out."""
        outputs = await self.writer.handle(record, self.table, context or FakeContext())
        if outputs:
            self.table.update({key: value for key, value in outputs.rows.items() if value is not None})
        return outputs

    async def give(self, command: Command, context: FakeContext | None = None) -> Outcome:
        """Hand a command to the writer and return its outcome."""
        outputs = await self.handle(self.record(encode(command), command.key), context)
        assert outputs is not None
        outcomes = outcomes_of(outputs)
        assert len(outcomes) == 1
        return outcomes[0]


def outcomes_of(outputs: Outputs) -> list[Outcome]:
    """Return the outcomes among what is sent."""
    return [expect(record.value, Outcome) for record in outputs.records if record.topic == OUTCOMES]


def letters_of(outputs: Outputs) -> list[DeadLetter]:
    """Return the dead letters among what is sent."""
    return [expect(record.value, DeadLetter) for record in outputs.records if record.topic == DEAD_LETTERS]


def a_command(**changes: Any) -> Command:
    """Return an update of a Keap contact, changed as asked."""
    command = Command(
        id=str(uuid.uuid4()),
        connection="main",
        link="L1",
        seq=10,
        side="keap",
        entity="contact",
        op="update",
        fields={"given_name": "Ann"},
        expect={"given_name": "Anna"},
        issued_at=now_ms(),
        cause="erp/contact/1",
        target="1",
    )
    return replace(command, **changes)


def a_create(**changes: Any) -> Command:
    """Return a create of a Keap contact, changed as asked."""
    return a_command(**{"op": "create", "target": None, "expect": {}, "stamp": "L1", **changes})


@pytest.fixture
def keap() -> Bench:
    """Write to a side without versions and keys."""
    return Bench(FakeSide("keap"))


@pytest.fixture
def erp() -> Bench:
    """Write to a side with versions and keys."""
    return Bench(FakeSide("erp", versions=True, keys=True))
