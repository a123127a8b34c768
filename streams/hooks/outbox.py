"""Put hints on the broker, each in the partition of its connection, within the time a sender waits for an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from schemas.codec import encode
from schemas.records import Hint
from streams.clients import producer
from streams.security import Cluster
from streams.topics import HINTS, partition_of

IN_TIME_S: Final = 0.8
"""A delivery is answered within a second."""


class Outbox:
    """The producer of one receiver; hints that come twice do no harm."""

    def __init__(self, kafka: Cluster | str, partitions: int, topic: str = HINTS) -> None:
        """Prepare; the broker is asked for nothing yet."""
        self._partitions, self._topic = partitions, topic
        self._producer = producer(kafka, None, **{"delivery.timeout.ms": 5_000, "linger.ms": 0})

    async def send(self, hints: Sequence[Hint]) -> bool:
        """Tell whether the broker has them in time; what it takes later is as good."""
        return await asyncio.to_thread(self._send, hints)

    def _send(self, hints: Sequence[Hint]) -> bool:
        failed = 0

        def reported(error: object, _message: object) -> None:
            nonlocal failed
            failed += error is not None

        try:
            for hint in hints:
                place = partition_of(hint.connection.encode(), self._partitions)
                self._producer.produce(self._topic, encode(hint), hint.key, partition=place, on_delivery=reported)
        except BufferError:  # the broker has been away for long
            return False
        return self._producer.flush(IN_TIME_S) == 0 and not failed
