"""The agent loop of a deciding stage: all that waits of one partition at once, one transaction for what follows.

1. take what waits, up to 500 records of each partition,
2. in a thread: prepare what is not prepared yet, decide,
3. write: the transaction, then the table; while the broker takes the records, prepare what will be taken next,
4. acknowledge the records; Faust commits their offsets in its own time.

A record that cannot be prepared yet holds its partition, and only that: what stands before it goes on, it is tried until it can be.
A crash before 4 repeats the chunk: its records must be seen to be duplicates by what the table holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import structlog

from schemas.errors import RetriableError
from streams.engine.contracts import Handler
from streams.engine.inbox import Delivery
from streams.engine.partition import Partition
from streams.engine.settings import EngineSettings
from streams.engine.work import Work

HOLD_S = 1.0  # between two tries of a record that cannot be prepared yet

log = structlog.get_logger(__name__)


class Chunks(Work):
    """Feeds a handler with chunks, strictly one after the other per partition."""

    def __init__(self, settings: EngineSettings, handler: Handler[Any]) -> None:
        """Work for `handler`."""
        super().__init__(settings)
        self._handler = handler
        self._flowing = False
        self._busy = asyncio.Lock()  # held while chunks are on their way
        self._held: set[int] = set()  # partitions whose next record cannot be prepared yet

    @property
    def holding(self) -> bool:
        """Whether a partition waits for what only somebody else can bring."""
        return bool(self._held)

    def open(self, number: int) -> Partition:
        """Open a partition and let the handler take up what was left unfinished."""
        partition = self.recover(number)
        outputs = self._handler.assigned(number, partition.table)
        if outputs is not None:
            partition.write(outputs)
            partition.more = outputs.more
        return partition

    def resume(self) -> None:
        """Let the loop go on."""
        self._held.clear()
        self._flowing = True
        self.inbox.arrived.set()

    async def drain(self) -> None:
        """Drop what waits and wait for the chunks on their way."""
        self._flowing = False
        self.inbox.clear()
        try:
            async with asyncio.timeout(self.settings.drain_s), self._busy:
                pass
        except TimeoutError:
            log.warning("chunks.given_up", stage=self.settings.stage, seconds=self.settings.drain_s)

    async def run(self) -> None:
        """Handle chunks for ever; partitions go side by side."""
        while True:
            await self.inbox.arrived.wait()
            self.inbox.arrived.clear()
            while self._flowing and (busy := self._waiting()):
                async with self._busy:
                    await asyncio.gather(*map(self._step, busy))

    def _waiting(self) -> list[Partition]:
        arrived = set(self.inbox.partitions()) - self._held
        return [each for each in self.partitions.values() if each.more or each.number in arrived]

    async def _step(self, partition: Partition) -> None:
        number, most = partition.number, self.settings.chunk
        chunk = [] if number in self._held else self.inbox.take(number, most)
        try:
            done = await self.in_thread(self._process, partition, chunk, self.inbox.first(number, most))
        except Exception as error:
            if chunk:
                error.add_note(f"{len(chunk)} records, from {chunk[0].record.place} to {chunk[-1].record.place}")
            raise
        for delivery in chunk[:done]:
            delivery.ack()
        if done < len(chunk):
            self._hold(partition, chunk[done:])

    def _hold(self, partition: Partition, rest: Sequence[Delivery]) -> None:
        if not self._flowing or self.partitions.get(partition.number) is not partition:
            return  # given up meanwhile: it is delivered again after the next assignment
        self.inbox.put_back(partition.number, rest)
        self._held.add(partition.number)
        asyncio.get_running_loop().call_later(HOLD_S, self._release, partition.number)

    def _release(self, number: int) -> None:
        self._held.discard(number)
        self.inbox.arrived.set()

    def _process(self, partition: Partition, chunk: Sequence[Delivery], following: Sequence[Delivery]) -> int:
        """Handle a chunk and return how many of it are done; the one after them cannot be prepared yet."""
        with partition.lock:
            ready = self._prepare(chunk)
            if ready:
                self._handle(partition, ready, following)
            if partition.more:  # a page between two chunks: neither starves the other
                outputs = self._handler.more(partition.number, partition.table)
                partition.write(outputs)
                partition.more = outputs.more
            return len(ready)

    def _handle(self, partition: Partition, chunk: Sequence[Delivery], following: Sequence[Delivery] = ()) -> None:
        outputs = self._handler.handle(partition.number, partition.table, [delivery.prepared for delivery in chunk])
        if partition.fits(outputs):
            partition.write(outputs, lambda: self._prepare(following))
            partition.more |= outputs.more
        elif len(chunk) > 1:  # find the one: the others must not suffer for it
            for delivery in chunk:
                self._handle(partition, [delivery])
        else:
            reason = partition.oversize(outputs)
            partition.write(self._handler.refuse(partition.number, partition.table, chunk[0].record, reason))

    def _prepare(self, deliveries: Sequence[Delivery]) -> Sequence[Delivery]:
        """Prepare what is not prepared yet; return what stands before the first that cannot be."""
        for place, delivery in enumerate(deliveries):
            if delivery.prepared is None:
                try:
                    delivery.prepared = self._handler.prepare(delivery.record)
                except RetriableError:
                    return deliveries[:place]
        return deliveries
