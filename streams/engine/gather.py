"""Results of a few milliseconds, written as one transaction of their partition."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from streams.engine.inbox import Delivery
from streams.engine.overlay import Overlay
from streams.engine.partition import Partition
from streams.engine.records import Outputs, merge


class Gathering:
    """The results of one partition that are not written yet.

    Attributes:
        partition: whose results they are.
        table: its rows with these results laid over them.
    """

    def __init__(self, partition: Partition, write: Callable[[Partition, Outputs], Awaitable[None]], linger_s: float) -> None:
        """Gather for `linger_s` seconds, then `write`."""
        self.partition = partition
        self.table = Overlay(partition.table)
        self._write = write
        self._linger_s = linger_s
        self._results: list[tuple[Delivery, Outputs]] = []
        self._arrived = asyncio.Event()
        self._written = asyncio.Event()
        self._written.set()

    def add(self, delivery: Delivery, outputs: Outputs) -> None:
        """Take a result; it shows in `table` at once, and its record is acknowledged once it is written."""
        self._results.append((delivery, outputs))
        self.table.lay(outputs.rows)
        self._written.clear()
        self._arrived.set()

    async def run(self) -> None:
        """Write what comes, one transaction after the other, until cancelled."""
        while True:
            await self._arrived.wait()
            await asyncio.sleep(self._linger_s)
            self._arrived.clear()
            results, self._results = self._results, []
            outputs = merge(outputs for _, outputs in results)
            await self._write(self.partition, outputs)
            self.table.lift(outputs.rows)
            for delivery, _ in results:
                delivery.ack()
            if not self._results:
                self._written.set()

    async def written(self) -> None:
        """Wait until every result taken so far is written and acknowledged."""
        await self._written.wait()
