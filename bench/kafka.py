"""The broker of a run, its topics, and a watch on what the workers send."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from confluent_kafka import KafkaException, Message, TopicPartition
from confluent_kafka.admin import NewTopic

from bench.processes import BenchError, Child
from sandbox.broker.configuration import free_port
from sandbox.broker.jars import install_jars
from schemas.codec import encode
from schemas.records import Record
from streams.clients import admin, producer, reader
from streams.topics import COMMANDS, CONTROL, DEAD_LETTERS, JOURNAL, partition_of

OUTPUTS = (*COMMANDS.values(), JOURNAL)
PARTITIONS = 2
"""Of the topics that are shared; as many as any benchmark needs."""
ATTEMPTS = 3
READY_S = 60.0
ASK_S = 30.0


@dataclass(frozen=True, slots=True)
class Broker:
    """Its address and its process."""

    address: str
    process: Child


@contextmanager
def running_broker(folder: Path) -> Iterator[Broker]:
    """Yield a broker that nobody else uses."""
    install_jars()
    broker = _started(folder)
    try:
        yield broker
    finally:
        broker.process.end()


def _started(folder: Path) -> Broker:
    """Start a broker; somebody else may take the port before it does."""
    for attempt in range(ATTEMPTS):
        port = free_port()
        process = Child(folder / "broker.log", "sandbox.broker", "--data", str(folder / "broker"), "--port", str(port))
        broker = Broker(f"127.0.0.1:{port}", process)
        try:
            _await_broker(broker)
        except BenchError:
            process.end()
            if attempt + 1 == ATTEMPTS:
                raise
        else:
            return broker
    raise AssertionError


def _await_broker(broker: Broker) -> None:
    client, deadline = admin(broker.address), time.monotonic() + READY_S
    while True:
        broker.process.require()
        try:
            client.list_topics(timeout=1)
        except KafkaException:
            if time.monotonic() > deadline:
                raise BenchError(f"the broker was not ready within {READY_S:.0f} s") from None
        else:
            return


def create_topics(kafka: str, partitions: Mapping[str, int], **config: str) -> None:
    """Create the topics that are missing."""
    client = admin(kafka)
    existing = client.list_topics(timeout=ASK_S).topics
    new = [NewTopic(name, count, 1, config=config) for name, count in partitions.items() if name not in existing]
    for created in client.create_topics(new, operation_timeout=ASK_S).values() if new else ():
        created.result(ASK_S)


def create_outputs(kafka: str) -> None:
    """Create the topics that every deciding worker sends to."""
    create_topics(kafka, dict.fromkeys((*OUTPUTS, DEAD_LETTERS, CONTROL), PARTITIONS))


def publish(kafka: str, topic: str, partitions: int, values: Iterable[tuple[str, bytes]]) -> None:
    """Send (connection, value) to the partitions of their connections."""
    client = producer(kafka, None, **{"queue.buffering.max.messages": 2_000_000, "queue.buffering.max.kbytes": 2_000_000})
    places: dict[str, int] = {}
    for connection, value in values:
        place = places.setdefault(connection, partition_of(connection.encode(), partitions))
        client.produce(topic, value, connection.encode(), place)
    if left := client.flush(120):
        raise BenchError(f"{topic}: {left} records were not taken within 120 s")


def encoded(events: Iterable[Record]) -> list[tuple[str, bytes]]:
    """Return what `publish` takes."""
    return [(event.connection, encode(event)) for event in events]


class Watch:
    """Reads topics from where they end now, committed records only."""

    def __init__(self, kafka: str, topics: Sequence[str]) -> None:
        """Begin at the ends."""
        self._consumer = reader(kafka, **{"fetch.wait.max.ms": 20, "enable.partition.eof": False})
        known = self._consumer.list_topics(timeout=ASK_S).topics
        places = [TopicPartition(topic, number) for topic in topics for number in known[topic].partitions]
        for place in places:
            place.offset = self._consumer.get_watermark_offsets(place, timeout=ASK_S)[1]
        self._consumer.assign(places)

    def await_records(self, count: int, within_s: float, check: Callable[[], object]) -> list[bytes]:
        """Return the next so many records; `check` raises when they cannot come any more."""
        found: list[bytes] = []
        deadline = time.monotonic() + within_s
        while len(found) < count:
            found += [message.value() for message in self._consumer.consume(5_000, 0.05) if message.error() is None]
            check()
            if time.monotonic() > deadline:
                raise BenchError(f"{len(found)} of {count} records came within {within_s:.0f} s")
        return found

    def poll(self, within_s: float) -> list[Message]:
        """Return what is there, waiting for the first record at most so long."""
        message = self._consumer.poll(within_s)
        return [message] if message is not None and message.error() is None else []

    def close(self) -> None:
        """Leave the broker."""
        self._consumer.close()
