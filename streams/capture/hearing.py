"""Hear what is said to the pollers of our partitions: hints of hooks, requests of operators.

Partitions are not handed out here: whoever polls a partition hears what is said to it. Where hearing stops and begins again is committed
under a group nobody is a member of; what is heard twice costs a call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog
from confluent_kafka import OFFSET_STORED, Message, TopicPartition

from schemas.codec import decode
from schemas.errors import RetriableError, SchemaError
from schemas.records import Control, Hint
from streams.capture.publisher import Names
from streams.clients import consumer
from streams.security import Cluster

log = structlog.get_logger(__name__)


class Hearing:
    """One consumer for all partitions of a process.

    Args:
        kafka: the cluster.
        names: of the topics.
        owned: returns the partitions that are polled here now.
        told: takes what was said in one of them.
    """

    def __init__(
        self,
        kafka: Cluster | str,
        names: Names,
        owned: Callable[[], Collection[int]],
        told: Callable[[int, Hint | Control], Awaitable[None]],
    ) -> None:
        self._names, self._owned, self._told = names, owned, told
        self._client = consumer(kafka, f"{names.group}-hearing")
        self._assigned: frozenset[int] = frozenset()

    async def run(self) -> None:
        """Hear until cancelled."""
        try:
            while True:
                self._assign(frozenset(self._owned()))
                if not self._assigned:
                    await asyncio.sleep(0.1)
                    continue
                for message in await asyncio.to_thread(self._client.consume, 500, 0.1):
                    await self._take(message)
        finally:
            await asyncio.to_thread(self._client.close)

    def _assign(self, owned: frozenset[int]) -> None:
        if gone := self._assigned - owned:
            self._client.incremental_unassign(self._places(gone))
        if new := owned - self._assigned:
            self._client.incremental_assign(self._places(new))
        self._assigned = owned

    def _places(self, numbers: Collection[int]) -> list[TopicPartition]:
        topics = (self._names.hints, self._names.control)
        return [TopicPartition(topic, number, OFFSET_STORED) for topic in topics for number in numbers]

    async def _take(self, message: Message) -> None:
        number = message.partition() or 0
        if error := message.error():
            log.debug("hearing.disturbed", error=error.str())
            return
        if number in self._assigned:
            try:
                said = decode(message.value())
                if isinstance(said, Hint | Control):
                    await self._told(number, said)
            except (SchemaError, RetriableError) as error:  # a hint is only a hint; a request the core cannot read is its dead letter
                log.warning("word.not_understood", topic=message.topic(), offset=message.offset(), error=str(error))
            self._client.store_offsets(message)
