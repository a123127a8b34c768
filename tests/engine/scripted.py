"""The engine's Faust app over a scripted broker: a consumer thread whose answers the test has written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from types import SimpleNamespace
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as KafkaPartition
from faust.types import TP

from streams.engine.partition import Partition
from streams.engine.shell import Shell
from streams.engine.work import Work
from tests.engine.memory import MemoryPartition, settings

A, B, C = (TP("commands", number) for number in range(3))


class Noting(Work):
    """Work that notes what it is asked to do.

    Attributes:
        notes: of this work and of the scripted broker, in order.
        draining: awaited while partitions are given up.
    """

    def __init__(self, notes: list[str], **changes: object) -> None:
        super().__init__(settings(**changes))
        self.notes = notes
        self.draining: Callable[[], Coroutine[Any, Any, None]] = _nothing

    async def run(self) -> None:
        """Wait for ever."""
        await asyncio.Event().wait()

    async def drain(self) -> None:
        """Note it, and do what the test says."""
        self.notes.append("drain")
        await self.draining()

    def resume(self) -> None:
        """Note it."""
        self.notes.append("resume")

    def recover(self, number: int) -> Partition:
        """Note it and hand out a partition in memory."""
        self.notes.append(f"open {number}")
        return MemoryPartition(number)


class Thread:
    """In place of the consumer's thread and the broker behind it.

    Attributes:
        committed: partition -> committed offset.
        refusals: so many commits are refused, as after a rebalance.
        batches: what a fetch returns: the epoch it was read in, and the records.
        fetches: so many were begun; with one more than there were batches, all of them are dealt with.
    """

    def __init__(self, notes: list[str], committed: Mapping[TP, int]) -> None:
        self.notes = notes
        self.committed = dict(committed)
        self.refusals = 0
        self.epoch = 0
        self.heard_at = 0.0
        self.fetches = 0
        self.batches: asyncio.Queue[tuple[int, dict[TP, list[Any]]]] = asyncio.Queue()

    def assignment(self) -> set[TP]:
        """All that was committed once is assigned."""
        return set(self.committed)

    async def commit(self, offsets: Mapping[TP, int]) -> bool:
        """Commit, or refuse."""
        if self.refusals:
            self.refusals -= 1
            return False
        self.notes += [f"commit {tp.partition}@{offset}" for tp, offset in offsets.items()]
        self.committed.update(offsets)
        return True

    async def seek_sources(self) -> tuple[int, dict[TP, int]]:
        """Position every partition."""
        self.notes.append("seek")
        self.epoch += 1
        return self.epoch, dict(self.committed)

    async def seek_to_committed(self) -> dict[TP, int]:
        """Stock's seek."""
        return (await self.seek_sources())[1]

    async def fetch(self, active: set[TP], patience_s: float) -> tuple[int, dict[TP, list[Any]]]:  # noqa: ARG002
        """Return the next batch."""
        self.fetches += 1
        return await self.batches.get()

    async def getmany(self, active_partitions: set[TP], timeout: float) -> dict[TP, list[Any]]:  # noqa: ASYNC109
        """Stock's fetch."""
        return (await self.fetch(active_partitions, timeout))[1]

    def highwater(self, tp: TP) -> int:
        """Stock asks for it with each record."""
        return self.committed[tp]

    def verify_event_path(self, now: float, tp: TP) -> None:  # noqa: ARG002
        """What stock would look at, and complain about."""
        self.notes.append("complain")


class Client:
    """In place of aiokafka's consumer.

    Attributes:
        positions: partition -> offset it was positioned at.
        accepts: whether the broker accepts heartbeats.
    """

    def __init__(self, committed: Mapping[TP, int | None]) -> None:
        self._committed = {KafkaPartition(*tp): offset for tp, offset in committed.items()}
        self.positions: dict[TP, int] = {}
        self.accepts = True
        self._coordinator = SimpleNamespace(_do_heartbeat=self._heartbeat)
        self._fetcher = SimpleNamespace(seek_to=self.seek)
        self._subscription = SimpleNamespace(assigned_partitions=self.assignment)

    seek_to_committed = AIOKafkaConsumer.seek_to_committed

    async def _heartbeat(self) -> bool:
        return self.accepts

    async def start(self) -> None:
        """Nobody to connect to."""

    def assignment(self) -> set[KafkaPartition]:
        """All partitions the group knows."""
        return set(self._committed)

    async def committed(self, partition: KafkaPartition) -> int | None:
        """The group's offset, None when it never committed one."""
        return self._committed[partition]

    async def beginning_offsets(self, partitions: list[KafkaPartition]) -> dict[KafkaPartition, int]:
        """Every partition's records begin at 3: what stood before is past its retention."""
        return dict.fromkeys(partitions, 3)

    def seek(self, partition: KafkaPartition, offset: int) -> None:
        """Note the position."""
        self.positions[TP(*partition)] = offset


def shell(committed: Mapping[TP, int], **changes: object) -> tuple[Any, Any, Any]:
    """Return an app, its consumer and the scripted thread under it; the app is not started."""
    notes: list[str] = []
    app = Shell(Noting(notes, partitions=len(committed), **changes))
    consumer: Any = app.consumer
    still(consumer._thread)
    consumer._thread = Thread(notes, committed)
    consumer._set_active_tps(set(committed))
    return app, consumer, consumer._thread


def still(thread: Any) -> Any:
    """Return a real consumer thread that will never run: its event loop is closed."""
    thread.thread_loop.close()
    return thread


def client_of(**changes: object) -> Any:
    """Return aiokafka's consumer as the app makes it; it is never started."""
    _, consumer, _ = shell({A: 0}, **changes)
    client = still(consumer._new_consumer_thread())._create_worker_consumer(consumer.transport)
    client._closed = True  # nothing to close
    return client


def record(tp: TP, offset: int) -> Any:
    """Return a record as aiokafka reads it."""
    bare = {"timestamp": 0, "timestamp_type": 0, "checksum": None, "serialized_key_size": 1, "serialized_value_size": 1}
    return SimpleNamespace(topic=tp.topic, partition=tp.partition, offset=offset, key=b"k", value=b"v", headers=(), **bare)


async def _nothing() -> None:
    pass
