"""The agent loop of a deciding stage: all that waits of one partition at once, one transaction for what follows.

1. take what waits, up to 500 records of each partition,
2. decide and write in a thread: the transaction, then the table,
3. acknowledge the records; Faust commits their offsets in its own time.

A record that cannot be handled yet holds its partition, and only that: what stands before it goes on, it is tried until it can be.
A crash before 3 repeats the chunk: its records must be seen to be duplicates by what the table holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog

from schemas.errors import RetriableError
from streams.engine.contracts import Handler
from streams.engine.inbox import Delivery
from streams.engine.partition import Partition
from streams.engine.records import Record
from streams.engine.settings import EngineSettings
from streams.engine.work import Work

HOLD_S = 1.0  # between two tries of a record that cannot be handled yet

log = structlog.get_logger(__name__)


class Chunks(Work):
    """Feeds a handler with chunks, strictly one after the other per partition."""

    def __init__(self, settings: EngineSettings, handler: Handler) -> None:
        """Work for `handler`."""
        super().__init__(settings)
        self._handler = handler
        self._flowing = False
        self._busy = asyncio.Lock()  # held while chunks are on their way
        self._held: set[int] = set()  # partitions whose next record cannot be handled yet

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
        chunk = [] if partition.number in self._held else self.inbox.take(partition.number, self.settings.chunk)
        try:
            done = await self.in_thread(self._process, partition, chunk)
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

    def _process(self, partition: Partition, chunk: Sequence[Delivery]) -> int:
        with partition.lock:
            done = self._handled(partition, [delivery.record for delivery in chunk]) if chunk else 0
            if partition.more:  # a page between two chunks: neither starves the other
                outputs = self._handler.more(partition.number, partition.table)
                partition.write(outputs)
                partition.more = outputs.more
            return done

    def _handled(self, partition: Partition, records: Sequence[Record]) -> int:
        """Handle records and return how many are done; the one after them cannot be handled yet."""
        try:
            self._handle(partition, records)
        except RetriableError:
            if len(records) == 1:
                return 0
        else:
            return len(records)
        for done, record in enumerate(records):
            if not self._handled(partition, [record]):
                return done
        return len(records)

    def _handle(self, partition: Partition, records: Sequence[Record]) -> None:
        outputs = self._handler.handle(partition.number, partition.table, records)
        if partition.fits(outputs):
            partition.write(outputs)
            partition.more |= outputs.more
        elif len(records) > 1:  # find the one: the others must not suffer for it
            for record in records:
                self._handle(partition, [record])
        else:
            reason = partition.oversize(outputs)
            partition.write(self._handler.refuse(partition.number, partition.table, records[0], reason))
