"""The confluent-kafka clients as everything here uses them: capture, the tools, the console.

What all must agree on stands in this one place: acks from all replicas, idempotence, murmur2 (librdkafka's own default partitioner
differs from every other client's), read committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

import stamina
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.security import Cluster

TRANSACTION_MS: Final = 60_000
"""A transaction open for longer is aborted by the broker: long enough for a broker's restart, short enough to unblock readers."""
READER: Final = "sync-reader"
"""No group is joined under it, but brokers with rights ask for one to it: it begins like those of the stages (docs/kafka.md)."""
EMPTY_MS: Final = 10
"""How long the broker may hold a fetch that finds nothing. Behind the last record stand transaction markers, so each read to an end comes
to one; librdkafka's 500 ms made every command of the console wait."""
ANSWER_S: Final = 30.0
"""How long a single request to the broker may take before the caller gives up (seconds)."""
MOVING: Final = {
    KafkaError.LEADER_NOT_AVAILABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.NOT_COORDINATOR,
}
"""What a broker answers while a partition's leader or a group's coordinator moves, or is only being chosen."""
T = TypeVar("T")


def producer(kafka: Cluster | str, transactional_id: str | None = None, **more: Any) -> Producer:
    """Return a producer; with an id, a transactional one, which still has to call `init_transactions`."""
    config: dict[str, Any] = {
        **_base(kafka),
        "acks": "all",
        "enable.idempotence": True,
        "partitioner": "murmur2_random",
        "linger.ms": 5,
        **more,
    }
    if transactional_id is not None:
        config |= {"transactional.id": transactional_id, "transaction.timeout.ms": TRANSACTION_MS}
    return Producer(config)


def consumer(kafka: Cluster | str, group: str, **more: Any) -> Consumer:
    """Return a consumer of a group that reads committed records from the earliest one and commits what is stored, nothing else."""
    return Consumer(
        {
            **_base(kafka),
            "group.id": group,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.auto.offset.store": False,
            **more,
        }
    )


def reader(kafka: Cluster | str, **more: Any) -> Consumer:
    """Return a consumer that belongs to no group: it is assigned by hand, tells where a partition ends and never commits."""
    return consumer(kafka, READER, **{"enable.auto.commit": False, "enable.partition.eof": True, "fetch.wait.max.ms": EMPTY_MS, **more})


def admin(kafka: Cluster | str, **more: Any) -> AdminClient:
    """Return an admin client."""
    return AdminClient({**_base(kafka), **more})


def read_to_end(kafka: Cluster | str, topic: str, partition: int, start: int | None = None) -> Iterator[Message]:
    """Yield the committed records of a partition, from `start` (or the earliest) to the end as it is now.

    Raises:
        KafkaException: the broker does not answer, or the partition does not exist.
    """
    client = reader(kafka)
    try:
        low, high = _ends(client, TopicPartition(topic, partition))
        position = max(low, start or 0)
        client.assign([TopicPartition(topic, partition, position)])
        while position < high:
            for message in client.consume(1000, 0.02):
                error = message.error()
                if error is None:
                    yield message
                elif error.code() != KafkaError._PARTITION_EOF:  # noqa: SLF001 - confluent's public name
                    raise KafkaException(error)
                # An end-of-partition's own offset lies past the transaction markers, which are no records.
                position = message.offset() + (error is None)
    finally:
        client.close()


def _ends(client: Consumer, place: TopicPartition) -> tuple[int, int]:
    """Return a partition's first offset and its end."""
    ends: tuple[int, int] = patiently(lambda: client.get_watermark_offsets(place, timeout=ANSWER_S))
    return ends


def patiently(ask: Callable[[], T]) -> T:
    """Ask a broker; a leader or coordinator that moves, or is only being chosen, is waited for. Raises KafkaException for all else."""
    for attempt in stamina.retry_context(on=_moving, attempts=None, timeout=ANSWER_S, wait_initial=0.05, wait_max=0.5):
        with attempt:
            return ask()
    raise AssertionError("stamina raises what was raised last")


def _moving(error: Exception) -> bool:
    return isinstance(error, KafkaException) and error.args[0].code() in MOVING


def _base(kafka: Cluster | str) -> dict[str, Any]:
    cluster = Cluster.of(kafka)
    # log_level: librdkafka's own lines would repeat, once a second, what is said here in one sentence.
    return {"bootstrap.servers": cluster.servers, **cluster.access, "log_level": 2, "client.id": "keapsync"}
