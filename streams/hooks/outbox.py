"""Put hints on the broker, each in the partition of its connection, within the time a sender waits for an answer.

No delivery waits for another's: what the broker says of each hint is heard by one thread, and handed to the loop of whoever waits for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from threading import Event, Thread
from typing import Final, Self

from schemas.codec import encode
from schemas.records import Hint
from streams.clients import producer
from streams.security import Cluster
from streams.topics import HINTS, partition_of

IN_TIME_S: Final = 0.8
"""A delivery is answered within a second."""
LISTEN_S: Final = 0.1
"""Between two looks whether to end; what the broker says is heard at once."""


class Outbox:
    """The producer of one receiver, while it is entered; hints that come twice do no harm."""

    def __init__(self, kafka: Cluster | str, partitions: int, topic: str = HINTS) -> None:
        """Prepare; the broker is asked for nothing yet."""
        self._partitions, self._topic = partitions, topic
        self._producer = producer(kafka, None, **{"delivery.timeout.ms": 5_000, "linger.ms": 0})
        self._ending = Event()
        self._listener = Thread(target=self._listen, name="outbox", daemon=True)

    def __enter__(self) -> Self:
        self._listener.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End before the loop of the waiting does; hints nobody has confirmed by then were not answered as taken."""
        self._ending.set()
        self._listener.join()

    async def send(self, hints: Sequence[Hint]) -> bool:
        """Tell whether the broker has them in time; what it takes later is as good."""
        try:
            async with asyncio.timeout(IN_TIME_S):
                return all(await asyncio.gather(*[self._put(hint) for hint in hints]))
        except (TimeoutError, BufferError):  # a buffer is full when the broker has been away for long
            return False

    def _put(self, hint: Hint) -> asyncio.Future[bool]:
        """Give a hint to the producer, which blocks nobody; the future tells what becomes of it."""
        loop = asyncio.get_running_loop()
        taken = loop.create_future()
        place = partition_of(hint.connection.encode(), self._partitions)

        def reported(error: object, _message: object) -> None:
            loop.call_soon_threadsafe(_settle, taken, error is None)

        self._producer.produce(self._topic, encode(hint), hint.key, partition=place, on_delivery=reported)
        return taken

    def _listen(self) -> None:
        while not self._ending.is_set():
            self._producer.poll(LISTEN_S)


def _settle(taken: asyncio.Future[bool], told: bool) -> None:  # noqa: FBT001 - what the broker said
    if not taken.done():  # nobody waits for it any more
        taken.set_result(told)
