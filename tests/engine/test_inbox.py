"""The inbox between the consumer and a stage."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from faust.transport.drivers.aiokafka import Consumer as StockConsumer
from mode.utils.queues import FlowControlEvent, FlowControlQueue

from streams.engine.inbox import Delivery, Inbox
from streams.engine.records import Record
from streams.engine.transport import Consumer
from streams.engine.watermark import Watermark
from tests.engine.scripted import A, record, shell

pytestmark = pytest.mark.anyio


def delivery(partition: int, offset: int) -> Delivery:
    """Return a delivery of an empty record."""
    return Delivery(Record("changes", partition, offset, b"k", b"", 0), Watermark(0))


def test_each_partition_has_its_own_order():
    """Deliveries come out per partition, oldest first, as many as were asked for."""
    inbox = Inbox(10)
    for partition, offset in [(0, 1), (1, 1), (0, 2), (0, 3)]:
        inbox.put(delivery(partition, offset))
    assert [each.record.offset for each in inbox.take(0, 2)] == [1, 2]
    assert [each.record.offset for each in inbox.take(0, 2)] == [3]
    assert inbox.partitions() == [1]


async def writer_of(room: Callable[[], Awaitable[object]], clear: Callable[[], object]) -> asyncio.Task[object]:
    """Return the task of somebody who waits for room, after the full queue was cleared and the loop had its time."""
    writer: asyncio.Task[object] = asyncio.ensure_future(room())  # type: ignore[arg-type]  # a coroutine, whoever gives it
    await turns()
    assert not writer.done()
    clear()
    await turns()
    return writer


async def turns() -> None:
    """Let everything run that can."""
    for _ in range(100):
        await asyncio.sleep(0)


async def test_clearing_a_full_inbox_wakes_its_writer():
    """A writer that waits for room goes on when the inbox is cleared."""
    inbox = Inbox(1)
    inbox.put(delivery(0, 1))
    writer = await writer_of(inbox.room, inbox.clear)
    assert writer.done()
    assert not writer.cancelled()
    assert inbox.partitions() == []


async def test_clearing_a_full_queue_of_mode_leaves_its_writer_waiting():
    """The queue is empty, and nobody tells the one that waits for room in it."""
    flow = FlowControlEvent(initially_suspended=False)
    queue: FlowControlQueue[int] = FlowControlQueue(maxsize=1, flow_control=flow, clear_on_resume=True)
    queue.put_nowait(1)
    writer = await writer_of(lambda: queue.put(2), flow.resume)
    assert queue.empty()
    assert not writer.done()
    writer.cancel()


async def test_clearing_a_full_queue_of_a_faust_stream_ends_the_fetcher_in_silence(monkeypatch: pytest.MonkeyPatch):
    """It cancels its writer, the loop that fetches: nothing crashes, nobody fetches any more."""
    app, consumer, thread = shell({A: 0})
    queue = app.FlowControlQueue(maxsize=1, clear_on_resume=True)
    app.flow_control.resume()
    queue.put_nowait(1)
    consumer.callback = queue.put
    consumer._read_offset[A] = None
    thread.batches.put_nowait((0, {A: [record(A, 0)]}))
    monkeypatch.setattr(Consumer, "_drain_messages", StockConsumer._drain_messages)
    await app._fetcher.start()
    await writer_of(app._fetcher._shutdown.wait, app.flow_control.resume)
    assert queue.empty()
    assert thread.fetches == 1
    assert app._fetcher._shutdown.is_set()
    assert not app._fetcher.crashed


async def test_taking_from_a_full_inbox_makes_room():
    """A writer that waits for room goes on when something was taken."""
    inbox = Inbox(1)
    inbox.put(delivery(0, 1))
    writer = asyncio.create_task(inbox.room())
    await asyncio.sleep(0)
    assert not writer.done()
    inbox.take(0, 1)
    await asyncio.wait_for(writer, 5)
