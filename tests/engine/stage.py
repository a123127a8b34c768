"""A stage on the real broker: its topics, its workers as processes, what went in and what came out."""

from __future__ import annotations

import signal
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from confluent_kafka import Consumer, Message, Producer, TopicPartition

from streams.engine.settings import EngineSettings
from tests.broker import create_topics
from tests.engine.counting import command
from tests.engine.polling import wait_for

PARTITIONS = 4


class Stage:
    """One stage with topics of its own.

    Attributes:
        settings: of its workers; each worker has a directory of its own.
        program: the module that the workers run.
        broker: the address by which the test itself sends and reads.
    """

    def __init__(self, broker: str, directory: Path, program: str = "tests.engine.counting", **changes: object) -> None:
        self.program = program
        self.broker = broker
        self._directory = directory
        self._workers: list[subprocess.Popen[bytes]] = []
        name = uuid.uuid4().hex[:8]
        self.topics = (f"changes-{name}", f"outcomes-{name}")
        self.changelog, self.out = f"rows-{name}", f"out-{name}"
        create_topics(broker, dict.fromkeys((*self.topics, self.out), PARTITIONS))
        create_topics(broker, {self.changelog: PARTITIONS}, {"cleanup.policy": "compact"})
        self.settings = replace(
            EngineSettings(f"stage-{name}", broker, self.topics, self.changelog, PARTITIONS, directory, (self.out,)),
            **({"session_timeout_s": 3.0, "heartbeat_s": 0.5} | changes),  # type: ignore[arg-type]  # a test names what it changes
        )
        self._producer = Producer({"bootstrap.servers": broker, "partitioner": "murmur2_random", "linger.ms": 5})

    def start(self, instance: str = "", directory: str = "", **extra: str) -> subprocess.Popen[bytes]:
        """Start a worker, telling its program what else it asks for; what it logs goes to `NAME.log`."""
        name = directory or instance or f"worker-{len(self._workers)}"
        settings = replace(self.settings, instance=instance, data_dir=self._directory / name)
        with (self._directory / f"{name}.log").open("ab") as log:
            worker = subprocess.Popen(command(self.program, settings, out=self.out, **extra), stdout=log, stderr=log)
        self._workers.append(worker)
        return worker

    def log(self, name: str) -> str:
        """Return what the worker of that name has logged."""
        return (self._directory / f"{name}.log").read_text()

    def stop(self) -> None:
        """End every worker that is left."""
        for worker in self._workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()

    def send(self, key: str, number: int, topic: int = 0) -> None:
        """Send a number of a key to a source topic."""
        self._producer.produce(self.topics[topic], str(number), key)
        self._producer.poll(0)

    def flush(self) -> None:
        """Wait until everything sent is on the broker."""
        assert self._producer.flush(30) == 0

    def read(self, topic: str) -> list[Message]:
        """Return all committed records of a topic, partition by partition."""
        return list(read_all(self.broker, topic))

    def sent(self) -> dict[str, list[int]]:
        """Return the numbers that came out, by key, in order."""
        numbers: dict[str, list[int]] = {}
        for message in self.read(self.out):
            numbers.setdefault(message.key().decode(), []).append(int(message.value()))
        return numbers

    def await_sent(self, count: int, within_s: float = 60) -> dict[str, list[int]]:
        """Wait until so many numbers came out."""
        wait_for(lambda: len(self.read(self.out)) >= count, within_s)
        return self.sent()

    def rows(self) -> dict[bytes, bytes]:
        """Return the table as its changelog tells it."""
        rows = {message.key(): message.value() for message in self.read(self.changelog)}
        return {key: value for key, value in rows.items() if value is not None}

    def lag(self) -> int:
        """Return how many source offsets are not committed."""
        group = {"bootstrap.servers": self.broker, "group.id": self.settings.stage}
        consumer = Consumer(group)
        partitions = [TopicPartition(topic, number) for topic in self.topics for number in range(PARTITIONS)]
        committed = {(each.topic, each.partition): max(each.offset, 0) for each in consumer.committed(partitions, 10)}
        ends = {(each.topic, each.partition): consumer.get_watermark_offsets(each, 10)[1] for each in partitions}
        consumer.close()
        return sum(ends[each] - committed[each] for each in ends)


@contextmanager
def stage(broker: str, directory: Path, program: str = "tests.engine.counting", **changes: object) -> Iterator[Stage]:
    """Yield a stage; end its workers afterwards."""
    made = Stage(broker, directory, program, **changes)
    try:
        yield made
    finally:
        made.stop()


def terminate(worker: subprocess.Popen[bytes], within_s: float = 20) -> int:
    """Send SIGTERM and return the exit code."""
    worker.send_signal(signal.SIGTERM)
    return worker.wait(within_s)


def read_all(broker: str, topic: str) -> Iterator[Message]:
    """Yield all committed records of a topic."""
    consumer = Consumer(
        {
            "bootstrap.servers": broker,
            "group.id": "reader",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
        }
    )
    partitions = consumer.list_topics(topic, 10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, number, 0) for number in partitions])
    open_ = set(partitions)
    while open_:
        for message in consumer.consume(1000, 0.2):
            if message.error() is None:
                yield message
            else:
                open_.discard(message.partition())
    consumer.close()
