"""The inbox between the consumer and a stage."""

import asyncio

import pytest

from streams.engine.inbox import Delivery, Inbox
from streams.engine.records import Record
from streams.engine.watermark import Watermark

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


async def test_clearing_a_full_inbox_wakes_its_writer():
    """A writer that waits for room goes on when the inbox is cleared; in Faust's queue it never does."""
    inbox = Inbox(1)
    inbox.put(delivery(0, 1))
    writer = asyncio.create_task(inbox.room())
    await asyncio.sleep(0)
    assert not writer.done()
    inbox.clear()
    await asyncio.wait_for(writer, 5)
    assert inbox.partitions() == []


async def test_taking_from_a_full_inbox_makes_room():
    """A writer that waits for room goes on when something was taken."""
    inbox = Inbox(1)
    inbox.put(delivery(0, 1))
    writer = asyncio.create_task(inbox.room())
    await asyncio.sleep(0)
    assert not writer.done()
    inbox.take(0, 1)
    await asyncio.wait_for(writer, 5)
