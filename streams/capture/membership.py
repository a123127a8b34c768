"""Own the partitions that the consumer group hands out, and hear of the ids our own writes create.

The group subscribes to `outcomes`; who owns a partition there polls the connections of the same partition of `cursors` and `changes`.
Assignment is incremental (cooperative-sticky, KIP-429): a poller that joins stops only the partitions that move to it. The group says
who should own a partition; what keeps a paused process from writing beside its successor is the fence (`publisher.py`).
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from typing import Any, Final

import structlog
from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from schemas.errors import FatalError, RetriableError
from schemas.records import Control, Hint
from streams.capture.hearing import Hearing
from streams.capture.partition import Accounts, Partition
from streams.capture.publisher import NAMES, Names
from streams.clients import consumer
from streams.patience import Stopped
from streams.settings import Settings

HOLD_S: Final = 1.0
"""Between two looks at an outcome that cannot be read before the schema registry answers (seconds)."""

log = structlog.get_logger(__name__)


class Membership:
    """A member of the capture group."""

    def __init__(self, settings: Settings, accounts: Accounts, names: Names = NAMES) -> None:
        """Prepare; nothing happens before `run`."""
        self._settings = settings
        self._accounts = accounts
        self._names = names
        self._partitions: dict[int, Partition] = {}
        self._open_now: set[int] = set()
        """Those that have taken over: they hear what is said to them."""
        self._stopping = asyncio.Event()
        self._failure: BaseException | None = None

    def stop(self) -> None:
        """Ask `run` to give everything up and return."""
        self._stopping.set()

    async def run(self) -> None:
        """Poll what is assigned until stopped.

        Raises:
            FatalError: a poller or the broker refused to go on.
        """
        loop = asyncio.get_running_loop()
        client = consumer(self._settings.cluster, self._names.group, **self._member())

        def from_poll(action: Coroutine[Any, Any, None]) -> None:
            """Carry out a rebalance on the loop; the consumer's thread has to wait for it."""
            asyncio.run_coroutine_threadsafe(action, loop).result()

        client.subscribe(
            [self._names.outcomes],
            on_assign=lambda _, given: from_poll(self._open(given)),
            on_revoke=lambda _, taken: from_poll(self._close(taken)),
            on_lost=lambda _, taken: from_poll(self._close(taken)),
        )
        hearing = asyncio.create_task(Hearing(self._settings.cluster, self._names, lambda: self._open_now, self._tell).run())
        hearing.add_done_callback(lambda task: None if task.cancelled() else self._failed(task.exception() or FatalError("deaf")))
        try:
            while not self._stopping.is_set():
                await self._take(client, await asyncio.to_thread(client.consume, 500, 0.2))
        except KafkaException as error:
            raise FatalError(f"kafka: {error.args[0].str()}") from error
        except Stopped:
            log.info("assignment.broken_off")
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)
            await asyncio.to_thread(client.close)  # revokes what is left
            await self._close([TopicPartition(self._names.outcomes, number) for number in self._partitions])
        if self._failure:
            raise self._failure

    def _member(self) -> dict[str, Any]:
        # 6 s is the broker's lowest bound by default: what a killed poller's partitions wait for a successor without its name.
        member = {"partition.assignment.strategy": "cooperative-sticky", "session.timeout.ms": 6000, "heartbeat.interval.ms": 1500}
        if not self._settings.instance:
            return member
        return {**member, "group.instance.id": f"{self._names.group}-{self._settings.instance}"}

    async def _take(self, client: Consumer, messages: list[Message]) -> None:
        taken: defaultdict[int, list[Message]] = defaultdict(list)
        for message in messages:
            if error := message.error():
                raise KafkaException(error)
            taken[message.partition() or 0].append(message)
        for number in taken.keys() & self._partitions.keys():
            first, last = taken[number][0], taken[number][-1]
            try:
                await self._partitions[number].meet([message.value() for message in taken[number]])
            except RetriableError:  # one cannot be read yet: they come again
                client.seek(TopicPartition(self._names.outcomes, number, first.offset() or 0))
                await asyncio.sleep(HOLD_S)
            else:
                client.store_offsets(last)

    async def _open(self, given: list[TopicPartition]) -> None:
        opened = {tp.partition: Partition(self._settings, self._accounts, tp.partition, self._names) for tp in given}
        self._partitions |= opened
        await asyncio.gather(*(partition.open(self._failed, self._stopping) for partition in opened.values()))
        self._open_now |= opened.keys()

    async def _close(self, taken: list[TopicPartition]) -> None:
        self._open_now -= {tp.partition for tp in taken}
        await asyncio.gather(*(self._partitions.pop(tp.partition).close() for tp in taken if tp.partition in self._partitions))

    async def _tell(self, number: int, said: Hint | Control) -> None:
        if number in self._open_now:
            await self._partitions[number].hear(said)

    def _failed(self, error: BaseException) -> None:
        self._failure = self._failure or error
        self._stopping.set()
