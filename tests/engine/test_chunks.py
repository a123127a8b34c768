"""The chunk loop, on a partition in memory."""

# ruff: noqa: ARG002  # a handler gets more than this one needs

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import pytest

from schemas.errors import RetriableError
from streams.engine.chunks import Chunks
from streams.engine.contracts import Table
from streams.engine.partition import Partition
from streams.engine.records import Outputs, Produce, Record
from streams.engine.watermark import Watermark
from tests.engine.memory import MemoryPartition, deliver, settings
from tests.engine.polling import until

pytestmark = pytest.mark.anyio


class Handler:
    """Sends each value on, and counts down the pages it was given."""

    def __init__(self, pages: int = 0) -> None:
        self.pages = pages
        self.calls: list[str] = []
        self.prepared: list[int] = []

    def assigned(self, partition: int, table: Table) -> Outputs | None:
        """Take up the pages, if there are any."""
        self.calls.append("assigned")
        return Outputs(more=True) if self.pages else None

    def prepare(self, record: Record) -> Record:
        """Note which one it was."""
        self.prepared.append(record.offset)
        return record

    def handle(self, partition: int, table: Table, records: Sequence[Record]) -> Outputs:
        """Send the values on."""
        self.calls.append("handle " + " ".join(str(record.offset) for record in records))
        return Outputs(records=[Produce("out", partition, record.key, record.value) for record in records])

    def more(self, partition: int, table: Table) -> Outputs:
        """Do one page."""
        self.calls.append("more")
        self.pages -= 1
        return Outputs({b"pages": b"%d" % self.pages}, more=self.pages > 0)

    def refuse(self, partition: int, table: Table, record: Record, reason: str) -> Outputs:
        """Send a dead letter."""
        return Outputs(records=[Produce("dead", partition, record.key, b"%d" % record.offset)])


class MemoryChunks(Chunks):
    """Chunks of one partition in memory."""

    def __init__(self, handler: Handler, **changes: object) -> None:
        super().__init__(settings(**changes), handler)
        self.partition = MemoryPartition(0)

    def recover(self, number: int) -> Partition:
        """Hand out the one partition."""
        return self.partition


@asynccontextmanager
async def running(chunks: MemoryChunks) -> AsyncIterator[MemoryChunks]:
    """Run chunks that own partition 0."""
    await chunks.reassign({0})
    task = asyncio.create_task(chunks.run())
    try:
        yield chunks
    finally:
        await chunks.drain()
        task.cancel()
        await chunks.close()


async def test_what_waits_is_one_chunk_and_one_transaction():
    """Everything that waits is handled at once, up to the limit, one transaction each, and acknowledged."""
    mark = Watermark(0)
    handler = Handler()
    async with running(MemoryChunks(handler, chunk=3)) as chunks:
        for offset in range(5):
            chunks.inbox.put(deliver(offset, mark=mark))
        chunks.resume()
        await until(lambda: mark.advance() == 5)
    assert handler.calls == ["assigned", "handle 0 1 2", "handle 3 4"]
    assert [len(outputs.records) for outputs in chunks.partition.transactions] == [3, 2]


async def test_unfinished_work_goes_on_without_events():
    """Work that was left unfinished is taken up on assignment and ends page by page, though nothing arrives."""
    handler = Handler(pages=3)
    async with running(MemoryChunks(handler)) as chunks:
        chunks.resume()
        await until(lambda: handler.pages == 0)
    assert handler.calls == ["assigned", "more", "more", "more"]
    assert chunks.partition.memory.get(b"pages") == b"0"


async def test_pages_and_chunks_take_turns():
    """A long piece of work does not hold up events: one page after each chunk."""
    handler = Handler(pages=3)
    mark = Watermark(0)
    async with running(MemoryChunks(handler, chunk=1)) as chunks:
        for offset in range(2):
            chunks.inbox.put(deliver(offset, mark=mark))
        chunks.resume()
        await until(lambda: handler.pages == 0)
    assert handler.calls == ["assigned", "handle 0", "more", "handle 1", "more", "more"]


async def test_one_record_with_too_large_a_result_is_refused_alone():
    """Where a chunk's outputs are too large, the record behind it becomes a dead letter and the others go through."""
    mark = Watermark(0)
    async with running(MemoryChunks(Handler())) as chunks:
        for offset, size in enumerate([1, 1000, 1]):
            chunks.inbox.put(deliver(offset, value=b"x" * size, mark=mark))
        chunks.resume()
        await until(lambda: mark.advance() == 3)
    sent = [(record.topic, record.value) for outputs in chunks.partition.transactions for record in outputs.records]
    assert sent == [("out", b"x"), ("dead", b"1"), ("out", b"x")]


async def test_a_drain_waits_for_the_chunk_and_drops_the_rest():
    """When partitions are given up, the chunk on its way ends and is acknowledged; what waits is not begun."""
    handler = Handler()
    mark = Watermark(0)
    async with running(MemoryChunks(handler, chunk=1)) as chunks:
        chunks.partition.gate.clear()
        for offset in range(3):
            chunks.inbox.put(deliver(offset, mark=mark))
        chunks.resume()
        await until(lambda: "handle 0" in handler.calls)
        draining = asyncio.create_task(chunks.drain())
        await asyncio.sleep(0)
        assert not draining.done()
        chunks.partition.gate.set()
        await draining
        assert mark.advance() == 1
    assert handler.calls == ["assigned", "handle 0"]


async def test_a_drain_ends_although_a_chunk_does_not():
    """A chunk that hangs (the broker is away) is given up after the grace time, unacknowledged."""
    mark = Watermark(0)
    async with running(MemoryChunks(handler := Handler(), drain_s=0.05)) as chunks:
        chunks.partition.gate.clear()
        chunks.inbox.put(deliver(0, mark=mark))
        chunks.resume()
        await until(lambda: "handle 0" in handler.calls)
        await asyncio.wait_for(chunks.drain(), 5)
        assert mark.advance() == 0
        chunks.partition.gate.set()


async def test_what_comes_next_is_prepared_while_a_chunk_is_written():
    """Its decision waits for the rows, its preparation does not; nothing is prepared twice."""
    mark = Watermark(0)
    handler = Handler()
    async with running(MemoryChunks(handler, chunk=2)) as chunks:
        chunks.partition.gate.clear()
        for offset in range(5):
            chunks.inbox.put(deliver(offset, mark=mark))
        chunks.resume()
        await until(lambda: handler.prepared == [0, 1, 2, 3])
        assert handler.calls == ["assigned", "handle 0 1"]
        chunks.partition.gate.set()
        await until(lambda: mark.advance() == 5)
    assert handler.calls == ["assigned", "handle 0 1", "handle 2 3", "handle 4"]
    assert handler.prepared == [0, 1, 2, 3, 4]


class Waiting(Handler):
    """Cannot prepare the values that wait for something."""

    def __init__(self) -> None:
        super().__init__()
        self.missing: set[bytes | None] = {b"later"}

    def prepare(self, record: Record) -> Record:
        """Do nothing, unless it has to wait."""
        super().prepare(record)
        if record.value in self.missing:
            raise RetriableError("not yet")
        return record


async def test_a_record_that_cannot_be_handled_yet_holds_its_place(monkeypatch: pytest.MonkeyPatch):
    """What stands before it goes on, what stands behind it waits, and once it can be handled all follow in order, each once."""
    monkeypatch.setattr("streams.engine.chunks.HOLD_S", 0.01)
    mark = Watermark(0)
    handler = Waiting()
    async with running(MemoryChunks(handler)) as chunks:
        for offset, value in enumerate([b"a", b"b", b"later", b"c"]):
            chunks.inbox.put(deliver(offset, value=value, mark=mark))
        chunks.resume()
        await until(lambda: mark.advance() == 2)
        assert chunks.holding
        assert sent(chunks.partition) == [b"a", b"b"]
        handler.missing.clear()
        await until(lambda: mark.advance() == 4)
        assert not chunks.holding
    assert sent(chunks.partition) == [b"a", b"b", b"later", b"c"]


async def test_what_cannot_be_prepared_ahead_waits_for_its_turn(monkeypatch: pytest.MonkeyPatch):
    """The chunk that is written meanwhile ends as ever; then what stands before the record goes on, and the record is held."""
    monkeypatch.setattr("streams.engine.chunks.HOLD_S", 0.01)
    mark = Watermark(0)
    handler = Waiting()
    async with running(MemoryChunks(handler, chunk=3)) as chunks:
        chunks.partition.gate.clear()
        for offset, value in enumerate([b"a", b"b", b"c", b"d", b"later", b"e"]):
            chunks.inbox.put(deliver(offset, value=value, mark=mark))
        chunks.resume()
        await until(lambda: handler.prepared == [0, 1, 2, 3, 4])
        assert not chunks.holding
        chunks.partition.gate.set()
        await until(lambda: mark.advance() == 4)
        assert chunks.holding
        handler.missing.clear()
        await until(lambda: mark.advance() == 6)
    assert sent(chunks.partition) == [b"a", b"b", b"c", b"d", b"later", b"e"]


async def test_a_held_partition_holds_no_other_and_ends_with_its_assignment():
    """Another partition's records go through meanwhile; a drain drops what is held at once, unacknowledged."""
    marks = [Watermark(0), Watermark(0)]
    async with running(MemoryChunks(Waiting())) as chunks:
        chunks.partitions = {0: chunks.partition, 1: MemoryPartition(1)}
        chunks.inbox.put(deliver(0, value=b"later", mark=marks[0]))
        chunks.resume()
        await until(lambda: chunks.holding)
        chunks.inbox.put(deliver(0, value=b"a", mark=marks[1], partition=1))
        await until(lambda: marks[1].advance() == 1)
        await asyncio.wait_for(chunks.drain(), 1)
        assert chunks.inbox.partitions() == []
    assert marks[0].advance() == 0


def sent(partition: MemoryPartition) -> list[bytes | None]:
    """Return the values that were sent, in order."""
    return [record.value for outputs in partition.transactions for record in outputs.records]
