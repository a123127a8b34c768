"""Read a whole topic: every record of one that grows, the last value per key of one that is compacted.

A message no schema can read is skipped here; the workers have made a dead letter of it.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from confluent_kafka import KafkaException

from schemas.codec import expect
from schemas.errors import RetriableError, SchemaError
from schemas.records import Record
from streams.clients import ANSWER_S, admin, read_to_end
from streams.wire import use_tool_format

if TYPE_CHECKING:
    from collections.abc import Iterator

    from confluent_kafka import Message

    from streams.settings import Settings

R = TypeVar("R", bound=Record)


def topic_exists(settings: Settings, topic: str) -> bool:
    """Tell whether a topic has been created; raises RetriableError when no broker answers."""
    try:
        return topic in admin(settings.cluster).list_topics(timeout=ANSWER_S).topics
    except KafkaException as error:
        raise RetriableError(f"kafka: no broker answers at {settings.kafka}: {error.args[0].str()}") from error


def read_messages(settings: Settings, topic: str) -> Iterator[Message]:
    """Yield the committed messages of a topic, each partition in its order, to its end as it is now.

    Raises:
        RetriableError: the broker does not answer, or has no such topic.
    """

    def read(partition: int) -> list[Message]:
        return list(read_to_end(settings.cluster, topic, partition))

    try:
        # Reading to an end is mostly waiting for it: the partitions wait together.
        with ThreadPoolExecutor(settings.partitions) as pool:
            yield from chain.from_iterable(pool.map(read, range(settings.partitions)))
    except KafkaException as error:
        raise RetriableError(f"kafka at {settings.kafka}: topic {topic} cannot be read: {error.args[0].str()}") from error


def read_records(settings: Settings, topic: str, kind: type[R]) -> Iterator[R]:
    """Yield the records of one kind; raises RetriableError when a registry has to say how to read one and does not answer."""
    use_tool_format(settings)
    for message in read_messages(settings, topic):
        try:
            yield expect(message.value(), kind)
        except SchemaError:
            continue


def read_compacted(settings: Settings, topic: str, prefix: bytes = b"") -> dict[bytes, bytes]:
    """Return the last value of each key that starts with `prefix`; a tombstone removes it."""
    rows: dict[bytes, bytes] = {}
    for message in read_messages(settings, topic):
        key, value = message.key(), message.value()
        if key is None or not key.startswith(prefix):
            continue
        if value is None:
            rows.pop(key, None)
        else:
            rows[key] = value
    return rows
