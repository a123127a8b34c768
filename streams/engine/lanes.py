"""Keyed lanes: records of one key strictly in order, several keys at a time, waiting as long as the outside takes.

When partitions are given up, calls that run may end within the grace time; what has not begun is released, and with
one record everything later in its lane: otherwise a later record of the same key would overtake it. A call that does
not end in time is cancelled: its record comes again, and its handler has to look before it repeats anything.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace

import structlog

from schemas.errors import RetriableError
from streams.engine.contracts import LaneHandler
from streams.engine.gather import Gathering
from streams.engine.inbox import Delivery
from streams.engine.partition import Partition
from streams.engine.records import Outputs, Record
from streams.engine.settings import EngineSettings
from streams.engine.work import Work

CALLS_SHARE = 0.8  # of the grace time; the rest is for writing the results of the calls that ended
HEARTBEAT_MARGIN = 0.2  # of the session timeout: a call that begins now must reach the outside before we are declared dead
PAUSE_S = 0.1

log = structlog.get_logger(__name__)

LaneKey = tuple[int, bytes | None]


@dataclass(frozen=True, slots=True)
class Context:
    """What a lane handler may want to know; see `contracts.LaneContext`."""

    end_offset_at_assignment: int
    attempt: int
    stopped: asyncio.Event
    heard_at: Callable[[], float]
    patience_s: float

    def may_start(self) -> bool:
        """Tell whether a call to the outside may begin: not given up, and lately heard by the broker."""
        return not self.stopped.is_set() and time.monotonic() - self.heard_at() < self.patience_s


class Lanes(Work):
    """Feeds a handler with single records, each key in order."""

    def __init__(self, settings: EngineSettings, handler: LaneHandler) -> None:
        """Work for `handler`."""
        super().__init__(settings)
        self._handler = handler
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._backlog = asyncio.Semaphore(settings.chunk)  # records in lanes, waiting or handled
        self._lanes: dict[LaneKey, deque[Delivery]] = {}
        self._calls: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.Task[None]] = set()
        self._gatherings: dict[int, Gathering] = {}
        self._stopped = asyncio.Event()

    def resume(self) -> None:
        """Begin with empty lanes."""
        self._stopped = asyncio.Event()
        linger_s = self.settings.linger_s
        self._gatherings = {number: Gathering(each, self._write, linger_s) for number, each in self.partitions.items()}
        self._writers = {self.supervise(each.run()) for each in self._gatherings.values()}

    async def drain(self) -> None:
        """Let running calls end, release everything else, write the results."""
        self._stopped.set()
        self.inbox.clear()
        if self._calls:
            _, late = await asyncio.wait(self._calls, timeout=self.settings.drain_s * CALLS_SHARE)
            for call in late:
                call.cancel()
            if late:
                log.warning("lanes.cancelled", stage=self.settings.stage, calls=len(late))
                await asyncio.wait(late)
        try:
            async with asyncio.timeout(self.settings.drain_s * (1 - CALLS_SHARE)):
                await asyncio.gather(*(each.written() for each in self._gatherings.values()))
        except TimeoutError:
            log.warning("results.given_up", stage=self.settings.stage)
        for writer in self._writers:
            writer.cancel()

    async def run(self) -> None:
        """Put what arrives into its lane, for ever."""
        while True:
            await self.inbox.arrived.wait()
            self.inbox.arrived.clear()
            while numbers := self.inbox.partitions():
                for number in numbers:
                    await self._backlog.acquire()
                    taken = self.inbox.take(number, 1)  # nothing, when it was cleared meanwhile
                    if taken:
                        self._enqueue(taken[0])
                    else:
                        self._backlog.release()

    def _enqueue(self, delivery: Delivery) -> None:
        key = (delivery.record.partition, delivery.record.key)
        lane = self._lanes.get(key)
        if lane is None:
            lane = self._lanes[key] = deque()
            call = self.supervise(self._lane(key, lane))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
        lane.append(delivery)

    async def _lane(self, key: LaneKey, lane: deque[Delivery]) -> None:
        """Handle a lane's records until it is empty, or the first one has to be released: the rest goes with it."""
        gathering = self._gatherings[key[0]]
        try:
            while lane and await self._handle(lane[0], gathering):
                lane.popleft()
                self._backlog.release()
        except Exception as error:
            error.add_note(lane[0].record.place)
            raise
        finally:
            del self._lanes[key]
            for _ in lane:
                self._backlog.release()

    async def _handle(self, delivery: Delivery, gathering: Gathering) -> bool:
        """Handle one record; False when it was released."""
        context = self._context(delivery.record, gathering.partition)
        while not self._stopped.is_set():
            async with self._slots:
                if context.may_start():
                    with contextlib.suppress(RetriableError):  # nothing was begun: not an attempt
                        outputs = await self._handler.handle(delivery.record, gathering.table, context)
                        if outputs is not None:
                            gathering.add(delivery, self._fitting(delivery.record, gathering.partition, outputs))
                            return True
                        context = replace(context, attempt=context.attempt + 1)
            with contextlib.suppress(TimeoutError):  # until the broker hears us again, or what is missing is there
                await asyncio.wait_for(self._stopped.wait(), PAUSE_S)
        return False

    def _context(self, record: Record, partition: Partition) -> Context:
        patience_s = self.settings.session_timeout_s * (1 - HEARTBEAT_MARGIN)
        return Context(partition.ends[record.topic], 0, self._stopped, self.heard_at, patience_s)

    def _fitting(self, record: Record, partition: Partition, outputs: Outputs) -> Outputs:
        if partition.fits(outputs):
            return outputs
        return self._handler.refuse(record, partition.oversize(outputs))

    async def _write(self, partition: Partition, outputs: Outputs) -> None:
        await self.in_thread(partition.write, outputs)
