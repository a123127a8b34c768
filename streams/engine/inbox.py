"""Where the consumer puts what it read and a stage takes it from.

Faust's own queue loses its writer when it is cleared while full: whoever waits for room in it is never woken, or cancelled.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from streams.engine.records import Record
from streams.engine.watermark import Watermark


@dataclass(slots=True, eq=False)
class Delivery:
    """A record together with the progress it counts for.

    Attributes:
        prepared: what the handler's `prepare` made of the record; None: not yet.
    """

    record: Record
    watermark: Watermark
    prepared: Any = None

    def ack(self) -> None:
        """Say that the record is finished; without it, it is delivered again after the next assignment."""
        self.watermark.ack(self.record.offset)


class Inbox:
    """Deliveries that wait, per partition, bounded in total."""

    def __init__(self, limit: int) -> None:
        """Hold at most `limit` deliveries, all partitions together."""
        self._limit = limit
        self._size = 0
        self._queues: dict[int, deque[Delivery]] = {}
        self._room = asyncio.Event()
        self._room.set()
        self.arrived = asyncio.Event()

    @property
    def full(self) -> bool:
        """Whether nothing more is taken until something was."""
        return self._size >= self._limit

    async def room(self) -> None:
        """Wait until something was taken or cleared, when full."""
        await self._room.wait()

    def put(self, delivery: Delivery) -> None:
        """Append a delivery to its partition's queue."""
        self._queues.setdefault(delivery.record.partition, deque()).append(delivery)
        self._resize(1)
        self.arrived.set()

    def partitions(self) -> list[int]:
        """Return the partitions that have something waiting."""
        return [partition for partition, queue in self._queues.items() if queue]

    def take(self, partition: int, limit: int) -> list[Delivery]:
        """Remove and return the oldest deliveries of a partition, at most `limit`."""
        queue = self._queues.get(partition, deque())
        taken = [queue.popleft() for _ in range(min(limit, len(queue)))]
        self._resize(-len(taken))
        return taken

    def first(self, partition: int, limit: int) -> list[Delivery]:
        """Return the oldest deliveries of a partition, at most `limit`, without removing them."""
        return list(islice(self._queues.get(partition, ()), limit))

    def put_back(self, partition: int, deliveries: Sequence[Delivery]) -> None:
        """Return deliveries that were taken, before all that wait."""
        self._queues.setdefault(partition, deque()).extendleft(reversed(deliveries))
        self._resize(len(deliveries))

    def clear(self) -> None:
        """Forget everything: it is delivered again after the next assignment."""
        self._queues.clear()
        self._resize(-self._size)

    def _resize(self, change: int) -> None:
        self._size += change
        if self._size < self._limit:
            self._room.set()
        else:
            self._room.clear()
