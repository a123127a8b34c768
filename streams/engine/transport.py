"""The hardened Faust transport: at-least-once delivery that survives rebalances, crashes and slow work.

Nothing is delivered before every partition was positioned, nothing is committed past an unfinished record, and no
partition is given away before its finished records are committed.
"""

# ruff: noqa: SLF001  # faust and aiokafka offer no public way in; versions.py pins both

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, cast

from faust.transport.drivers import aiokafka as driver
from faust.types import TP

from streams.engine.inbox import Delivery
from streams.engine.records import Record
from streams.engine.watermark import Watermark

if TYPE_CHECKING:
    from streams.engine.shell import Shell

FETCH_S = 1.0  # a fetch that finds nothing ends after it
FETCH_WAIT_MS = 250  # the driver's 1,500 delays every offset request of a rebalance behind the long-polling fetch


class ConsumerThread(driver.AIOKafkaConsumerThread):
    """Faust's consumer thread, with explicit positions and a clock of good heartbeats."""

    epoch = 0  # counts seeks; a batch tells after which one it was read
    heard_at = 0.0  # when the last heartbeat that the broker accepted was sent (monotonic seconds)

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        """Read committed: an aborted transaction's records are never seen. Stock does so only in `exactly_once`."""
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        return consumer

    async def on_start(self) -> None:
        """Start, and listen to the heartbeats from then on."""
        await super().on_start()
        coordinator = self._ensure_consumer()._coordinator
        plain = coordinator._do_heartbeat

        async def listened() -> bool:
            asked = time.monotonic()
            accepted: bool = await plain()
            if accepted:
                self.heard_at = asked
            return accepted

        coordinator._do_heartbeat = listened

    async def seek_sources(self) -> tuple[int, dict[TP, int]]:
        """Position every assigned partition at its committed offset; return the epoch and the offsets.

        Stock never seeks offsets 0 and None (faust issue 596).
        """
        return cast("tuple[int, dict[TP, int]]", await self.call_thread(self._seek_sources))

    async def _seek_sources(self) -> tuple[int, dict[TP, int]]:
        consumer = self._ensure_consumer()
        await consumer._coordinator._do_heartbeat()  # so that `heard_at` is of this assignment
        partitions = list(consumer.assignment())
        offsets = dict(zip(partitions, await asyncio.gather(*map(consumer.committed, partitions)), strict=True))
        fresh = [partition for partition in partitions if offsets[partition] is None]
        if fresh:  # one request: each waits behind the long-polling fetch
            offsets.update(await consumer.beginning_offsets(fresh))
        for partition in partitions:
            consumer.seek(partition, offsets[partition])
        self.epoch += 1
        return self.epoch, {TP(*partition): offset for partition, offset in offsets.items()}

    async def fetch(self, active: set[TP], patience_s: float) -> tuple[int, Mapping[TP, list[Any]]]:
        """Return a batch and the epoch it was read in."""
        return cast("tuple[int, Mapping[TP, list[Any]]]", await self.call_thread(self._fetch, active, patience_s))

    async def _fetch(self, active: set[TP], patience_s: float) -> tuple[int, Mapping[TP, list[Any]]]:
        consumer = self._ensure_consumer()
        records = await self._fetch_records(consumer, active, patience_s, consumer._max_poll_records)
        return self.epoch, records  # no await in between: the position and the epoch belong together


class Consumer(driver.Consumer):
    """Faust's consumer, with our own bookkeeping of what was delivered, finished and committed."""

    app: Shell
    _thread: ConsumerThread

    def __init__(self, *arguments: Any, **options: Any) -> None:
        """Start with nothing assigned."""
        self._watermarks: dict[TP, Watermark] = {}
        self.rounds = 0  # of the loop that fetches: when they stop, nobody asks the broker any more
        self._epoch = -1
        self._seeking = asyncio.Lock()
        super().__init__(*arguments, **options)

    def _new_consumer_thread(self) -> ConsumerThread:
        return ConsumerThread(self, loop=self.loop, beacon=self.beacon)

    @property
    def watermarks(self) -> Mapping[TP, Watermark]:
        """Progress of the partitions of the present assignment."""
        return self._watermarks

    @property
    def heard_at(self) -> float:
        """When the last good heartbeat was sent (monotonic seconds)."""
        return self._thread.heard_at

    async def perform_seek(self) -> None:
        """Position all source partitions and start to count their progress anew."""
        async with self._seeking:
            self._epoch, offsets = await self._thread.seek_sources()
            self._watermarks = {tp: Watermark(offset) for tp, offset in offsets.items()}
            self._committed_offset.update(offsets)

    async def _drain_messages(self, fetcher: Any) -> None:
        """Put what is read straight into the inbox; stock needs four tasks per record here."""
        try:
            while not (self.should_stop or fetcher.should_stop):
                self.rounds += 1
                active = self._get_active_partitions()
                if not self.flow_active:
                    await self._flow()
                elif not active:
                    await self.sleep(0.1)
                else:
                    await self._deliver_batch(*await self._thread.fetch(set(active), FETCH_S))
        except (asyncio.CancelledError, *self.consumer_stopped_errors):
            if not self.app.should_stop:
                raise

    async def _deliver_batch(self, epoch: int, batch: Mapping[TP, list[Any]]) -> None:
        async with self._seeking:  # a batch may overtake the answer of the seek before it
            pass
        for partition, records in batch.items():
            await self._deliver(epoch, TP(*partition), records)

    async def _deliver(self, epoch: int, tp: TP, records: Iterable[Any]) -> None:
        inbox = self.app.work.inbox
        for each in records:
            await inbox.room()
            await self._flow()
            if epoch != self._epoch or not self.flow_active:
                return  # read before the latest seek, which delivers it again
            watermark = self._watermarks[tp]
            if watermark.deliver(each.offset):
                headers = tuple((name, value or b"") for name, value in each.headers)
                record = Record(each.topic, each.partition, each.offset, each.key, each.value, each.timestamp, headers)
                inbox.put(Delivery(record, watermark))

    async def _flow(self) -> None:
        """Wait while nothing may be delivered.

        A fetch outlasts a rebalance and may be answered behind its seek, before the flow resumes: what it brings is not read again. Nor is
        it told by the offsets: a gap looks like what compaction left out.
        """
        while not (self.flow_active or self.should_stop):
            await self.wait(cast("Any", self.can_resume_flow))

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Any:  # noqa: ARG002  # always all of them
        return iter(self._watermarks)

    def _new_offset(self, tp: TP) -> int | None:
        return self._watermarks[tp].advance()

    async def _commit_offsets(self, offsets: Mapping[TP, int], start_new_transaction: bool = True) -> bool:  # noqa: FBT001, FBT002
        """Put the old value back after a refused commit: stock believes that it succeeded."""
        before = {tp: self._committed_offset[tp] for tp in offsets}
        committed: bool = await super()._commit_offsets(offsets, start_new_transaction)
        if not committed:
            self._committed_offset.update(before)
        return committed

    async def on_partitions_revoked(self, revoked: set[TP]) -> None:
        """Finish, commit, and only then forget; stock forgets first and so can never commit here."""
        await self._on_partitions_revoked(revoked)
        self._watermarks = {}
        self._committed_offset.clear()

    async def wait_empty(self) -> None:
        """Finish or release what is in hand, then commit; stock waits for ever for an event nobody acks."""
        await self.app.work.drain()
        if not self.app.crashed:
            await self.commit_and_end_transactions()

    def verify_event_path(self, now: float, tp: TP) -> None:
        """Say nothing: this looks at stream timings we do not have; the watchdog does its work."""


class Transport(driver.Transport):
    """Faust's transport with the hardened consumer."""

    Consumer = Consumer
