"""What cannot be processed, as a dead letter with its original bytes."""

from __future__ import annotations

from typing import Any, Final

from schemas.codec import encode
from schemas.records import DeadLetter
from streams.engine.records import Produce, Record
from streams.topics import DEAD_LETTERS

NOWHERE: Final = -1
"""The offset of a dead letter that no single record led to."""

LARGEST: Final = 900_000
"""Bytes of the original that a dead letter can carry within the broker's default `message.max.bytes` (1 MiB)."""


def dead_letter(
    record: Record, stage: str, partition: int, error: str, message: str, *, connection: str = "", at: int, **place: Any
) -> Produce:
    """Return the dead letter of a record, to be sent; its id is the same whenever the record is delivered again.

    Args:
        record: the one that failed, as it was read.
        stage: who could not process it.
        partition: where the dead letter goes.
        error: class name of what was raised.
        message: its words.
        connection: whose record it is, when that can be told.
        at: now (ms).
        place: what is known of `flow`, `link`, `side` and `field`.
    """
    field = place.get("field")
    letter = DeadLetter(
        id=f"{record.topic}/{record.partition}/{record.offset}" + (f"/{field}" if field else ""),
        connection=connection,
        stage=stage,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key_bytes=record.key,
        value_bytes=None if record.value is None else record.value[:LARGEST],
        error=error,
        message=message,
        at=at,
        **place,
    )
    return Produce(DEAD_LETTERS, partition, record.key, encode(letter))


def belated_letter(stage: str, partition: int, error: str, message: str, *, connection: str, at: int, **place: Any) -> Produce:
    """Return a dead letter of what showed long after its record was read, when a pair's turn came; it is tried again by its link."""
    name = f"{connection}/{place.get('link')}/{place.get('field')}/{at}"
    letter = DeadLetter(name, connection, stage, "", partition, NOWHERE, None, None, error, message, at, **place)
    return Produce(DEAD_LETTERS, partition, connection.encode(), encode(letter))
