"""Keyed lanes, on a partition in memory."""

# ruff: noqa: ARG002  # a handler gets more than this one needs

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from schemas.errors import RetriableError
from streams.engine.contracts import LaneContext, Table
from streams.engine.lanes import Lanes
from streams.engine.partition import Partition
from streams.engine.records import Outputs, Produce, Record
from streams.engine.watermark import Watermark
from tests.engine.memory import MemoryPartition, deliver, settings
from tests.engine.polling import until

pytestmark = pytest.mark.anyio

Handle = Callable[[Record, Table, LaneContext], Awaitable[Outputs | None]]


class Handler:
    """Handles with the given function and notes what it began."""

    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self.begun: list[int] = []

    async def handle(self, record: Record, table: Table, context: LaneContext) -> Outputs | None:
        """Note the offset and handle."""
        self.begun.append(record.offset)
        return await self._handle(record, table, context)

    def refuse(self, record: Record, reason: str) -> Outputs:
        """Send the reason."""
        return Outputs(records=[Produce("dead", 0, record.key, reason.encode())])


class MemoryLanes(Lanes):
    """Lanes over one partition in memory, always heard by the broker."""

    def __init__(self, handler: Handler, **changes: object) -> None:
        super().__init__(settings(**changes), handler)
        self.partition = MemoryPartition(0)
        self.heard_at = time.monotonic

    def recover(self, number: int) -> Partition:
        """Hand out the one partition."""
        return self.partition


@asynccontextmanager
async def running(lanes: MemoryLanes) -> AsyncIterator[MemoryLanes]:
    """Run lanes that own partition 0."""
    await lanes.reassign({0})
    lanes.resume()
    task = asyncio.create_task(lanes.run())
    try:
        yield lanes
    finally:
        await lanes.drain()
        task.cancel()
        await lanes.close()


async def echo(record: Record, table: Table, context: LaneContext) -> Outputs:
    """Answer at once with the record's offset as its key's row."""
    return Outputs({record.key or b"": b"%d" % record.offset}, [Produce("out", 0, record.key, b"%d" % record.offset)])


async def test_a_record_sees_what_the_one_before_it_wrote():
    """The table shows an earlier record's rows although they are not written yet."""
    seen: list[bytes | None] = []

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs:
        seen.append(table.get(b"k"))
        return await echo(record, table, context)

    async with running(MemoryLanes(Handler(handle))) as lanes:
        lanes.partition.gate.clear()  # no transaction ends before all three were handled
        for offset in range(3):
            lanes.inbox.put(deliver(offset))
        await until(lambda: len(seen) == 3)
        lanes.partition.gate.set()
    assert seen == [None, b"0", b"1"]


async def test_a_slow_key_does_not_hold_up_another():
    """While one key's call waits, another key's records go on; the slow key's next record waits for it."""
    release = asyncio.Event()

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs:
        if record.offset == 0:
            await release.wait()
        return await echo(record, table, context)

    handler = Handler(handle)
    mark = Watermark(0)
    async with running(MemoryLanes(handler)) as lanes:
        for offset, key in enumerate([b"slow", b"slow", b"fast", b"fast"]):
            lanes.inbox.put(deliver(offset, key, mark=mark))
        await until(lambda: lanes.partition.memory.get(b"fast") == b"3")
        assert handler.begun == [0, 2, 3]
        assert mark.advance() == 0
        release.set()
        await until(lambda: mark.advance() == 4)
    assert lanes.partition.memory.get(b"slow") == b"1"


async def test_results_of_a_moment_share_a_transaction():
    """Results that come within the linger time are written together, and acknowledged after that."""
    mark = Watermark(0)
    async with running(MemoryLanes(Handler(echo), linger_s=0.05)) as lanes:
        for offset in range(5):
            lanes.inbox.put(deliver(offset, b"k%d" % offset, mark=mark))
        await until(lambda: mark.advance() == 5)
        assert len(lanes.partition.transactions) == 1


async def test_nothing_is_acknowledged_before_it_is_written():
    """While the transaction is not through, the record counts as unfinished."""
    mark = Watermark(0)
    async with running(MemoryLanes(handler := Handler(echo))) as lanes:
        lanes.partition.gate.clear()
        lanes.inbox.put(deliver(0, mark=mark))
        await until(lambda: handler.begun)
        assert mark.advance() == 0
        lanes.partition.gate.set()
        await until(lambda: mark.advance() == 1)


async def test_a_drain_releases_what_follows_in_the_lane():
    """When partitions are given up, the call that runs ends; the rest of its lane is neither begun nor acknowledged."""

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs:
        await context.stopped.wait()
        return await echo(record, table, context)

    handler = Handler(handle)
    mark = Watermark(0)
    async with running(MemoryLanes(handler)) as lanes:
        for offset in range(3):
            lanes.inbox.put(deliver(offset, mark=mark))
        await until(lambda: handler.begun)
        await lanes.drain()
    assert handler.begun == [0]
    assert mark.advance() == 1


async def test_a_call_that_does_not_end_is_cancelled():
    """A call beyond the grace time is cancelled, its record stays unfinished, and the drain ends in time."""

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs:
        await asyncio.Event().wait()
        raise AssertionError

    mark = Watermark(0)
    async with running(MemoryLanes(handler := Handler(handle), drain_s=0.1)) as lanes:
        lanes.inbox.put(deliver(0, mark=mark))
        await until(lambda: handler.begun)
        await asyncio.wait_for(lanes.drain(), 5)
        assert lanes.partition.transactions == []
    assert mark.advance() == 0


async def test_no_call_begins_while_the_broker_does_not_hear_us():
    """With the last heartbeat too long ago nothing is begun; once the broker hears us again, it is."""
    heard = [time.monotonic() - 60]
    looked = asyncio.Event()

    def heard_at() -> float:
        looked.set()
        return heard[0]

    mark = Watermark(0)
    lanes = MemoryLanes(handler := Handler(echo))
    lanes.heard_at = heard_at
    async with running(lanes):
        lanes.inbox.put(deliver(0, mark=mark))
        await asyncio.wait_for(looked.wait(), 5)
        assert handler.begun == []
        heard[0] = time.monotonic() + 60
        await until(lambda: mark.advance() == 1)


async def test_a_record_that_could_not_be_done_comes_again_in_place():
    """None from the handler holds the lane and calls it again, telling that this is another attempt."""
    attempts = []

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs | None:
        attempts.append((record.offset, context.attempt))
        return await echo(record, table, context) if context.attempt else None

    mark = Watermark(0)
    async with running(MemoryLanes(Handler(handle))) as lanes:
        lanes.inbox.put(deliver(0, mark=mark))
        lanes.inbox.put(deliver(1, mark=mark))
        await until(lambda: mark.advance() == 2)
    assert attempts == [(0, 0), (0, 1), (1, 0), (1, 1)]


async def test_a_record_that_cannot_be_read_yet_holds_its_lane_and_no_slot():
    """Its lane waits, another lane goes on although there is one slot only, and when it is handled at last that is no second attempt."""
    missing, attempts = {0}, []

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs:
        if record.offset in missing:
            raise RetriableError("not yet")
        attempts.append((record.offset, context.attempt))
        return await echo(record, table, context)

    mark = Watermark(0)
    async with running(MemoryLanes(Handler(handle), concurrency=1)) as lanes:
        for offset, key in enumerate([b"held", b"held", b"free"]):
            lanes.inbox.put(deliver(offset, key, mark=mark))
        await until(lambda: lanes.partition.memory.get(b"free") == b"2")
        assert mark.advance() == 0
        missing.clear()
        await until(lambda: mark.advance() == 3)
    assert attempts == [(2, 0), (0, 0), (1, 0)]


async def test_a_possible_repeat_is_told_by_its_offset():
    """The handler learns where the partition ended when it was assigned."""
    ends = {}

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs:
        ends[record.offset] = context.end_offset_at_assignment
        return await echo(record, table, context)

    mark = Watermark(1)
    async with running(MemoryLanes(Handler(handle))) as lanes:
        for offset in (1, 2):
            lanes.inbox.put(deliver(offset, mark=mark))
        await until(lambda: mark.advance() == 3)
    assert ends == {1: 2, 2: 2}


async def test_a_result_that_is_too_large_becomes_a_dead_letter():
    """The record whose result no broker would take is refused; its neighbours are not."""

    async def handle(record: Record, table: Table, context: LaneContext) -> Outputs:
        return Outputs({b"row": b"x" * 1000}) if record.offset == 0 else await echo(record, table, context)

    mark = Watermark(0)
    async with running(MemoryLanes(Handler(handle))) as lanes:
        for offset in range(2):
            lanes.inbox.put(deliver(offset, mark=mark))
        await until(lambda: mark.advance() == 2)
    sent = [record for outputs in lanes.partition.transactions for record in outputs.records]
    assert [record.topic for record in sent] == ["dead", "out"]
    assert b"1003 bytes" in (sent[0].value or b"")
