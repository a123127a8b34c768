"""Replay: the original key and bytes again, into the same partition, up to the end as it was when the replay began.

Replayed records carry a header and are skipped by later replays, so that a replay of a replay is no avalanche. No consumer group is reset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from confluent_kafka import KafkaException, Producer, TopicPartition

from schemas.errors import ConfigurationError, RetriableError
from streams.clients import ANSWER_S, producer, read_to_end, reader
from streams.topics import CHANGES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from confluent_kafka import Message

    from streams.settings import Settings

HEADER: Final = "keapsync-replay"
FARTHEST: Final = 2**63 - 1
"""The largest offset there is: from there on nothing is replayed."""
_UNITS_MS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True, slots=True)
class Start:
    """Where a replay begins: an offset, or an instant (ms since the epoch)."""

    offset: int | None = None
    at_ms: int | None = None


def parse_start(text: str, now_ms: int) -> Start:
    """Read `2h`, `120` (an offset) or an RFC 3339 time (UTC without a zone); raises ConfigurationError for anything else."""
    if text.isdecimal():
        return Start(offset=min(int(text), FARTHEST))
    if ago := re.fullmatch(r"(\d+)([smhd])", text):
        return Start(at_ms=max(0, now_ms - int(ago[1]) * _UNITS_MS[ago[2]]))
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigurationError(f"--from: {text!r} is no 2h, no offset and no time such as 2026-11-23T10:00Z") from None
    return Start(at_ms=max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)))


def replay_changes(settings: Settings, start: Start, partition: int | None = None) -> int:
    """Replay one partition or all and return how many changes that were.

    Raises:
        ConfigurationError: there is no such partition.
        RetriableError: the broker does not answer or did not take all of them.
    """
    if partition is not None and partition >= settings.partitions:
        raise ConfigurationError(f"--partition: {partition}; `changes` has 0 to {settings.partitions - 1}")
    client, count = producer(settings.cluster), 0
    try:
        for number in range(settings.partitions) if partition is None else [partition]:
            for message in _originals(settings, number, start):
                _produce(client, number, message)
                count += 1
    except KafkaException as error:
        raise RetriableError(f"kafka at {settings.kafka}: topic {CHANGES} cannot be read: {error.args[0].str()}") from error
    if client.flush(ANSWER_S):
        raise RetriableError(f"kafka at {settings.kafka}: not all changes were taken within {ANSWER_S:.0f} s; replay again")
    return count


def _originals(settings: Settings, partition: int, start: Start) -> Iterator[Message]:
    offset = start.offset if start.offset is not None else _offset_at(settings, partition, start.at_ms or 0)
    if offset is None:
        return
    for message in read_to_end(settings.cluster, CHANGES, partition, offset):
        if HEADER not in dict(message.headers() or ()):
            yield message


def _offset_at(settings: Settings, partition: int, at_ms: int) -> int | None:
    """Return the first offset at or after an instant, None when everything is older."""
    client = reader(settings.cluster)
    try:
        (found,) = client.offsets_for_times([TopicPartition(CHANGES, partition, at_ms)], timeout=ANSWER_S)
    finally:
        client.close()
    return found.offset if found.offset >= 0 else None


def _produce(client: Producer, partition: int, message: Message) -> None:
    """Produce one record again, waiting for room in the queue."""
    while True:
        try:
            client.produce(CHANGES, message.value(), message.key(), partition=partition, headers={HEADER: b"1"})
        except BufferError:
            client.poll(0.1)
        else:
            client.poll(0)
            return
