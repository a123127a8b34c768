"""What no topic can carry, and what no cursor should be, becomes a dead letter; the others go on."""

from __future__ import annotations

import json
from typing import Final

from confluent_kafka import Message

from schemas.codec import encode
from schemas.errors import RecordError, RejectedError, SchemaError
from schemas.records import Change, DeadLetter

LARGEST: Final = 900_000
"""Bytes, a little below the broker's default `message.max.bytes` (1 MiB): a refused record would fail its transaction again and again."""


def value_of(change: Change) -> bytes:
    """Return a Change's bytes; raises RecordError when no topic can carry them."""
    value = encode(change)
    if len(value) > LARGEST:
        raise RejectedError(f"{change.ref} takes {len(value)} bytes; a record may take {LARGEST}")
    return value


def change_letter(change: Change, topic: str, partition: int, error: RecordError) -> DeadLetter:
    """Return the dead letter of a Change that cannot be published; its value is JSON, cut to what fits."""
    return DeadLetter(
        id=f"{change.connection}/{change.ref}@{change.read_at}",
        connection=change.connection,
        stage="capture",
        topic=topic,
        partition=partition,
        offset=-1,  # it never reached its topic
        key_bytes=change.key,
        value_bytes=json.dumps(change.fields, sort_keys=True, default=str).encode()[:LARGEST],
        error=type(error).__name__,
        message=str(error),
        at=change.read_at,
        flow=change.flow,
        side=change.side,
    )


def cursor_letter(message: Message, error: SchemaError, at: int) -> DeadLetter:
    """Return the dead letter of a record in `cursors` that is none."""
    return DeadLetter(
        id=f"{message.topic()}/{message.partition()}/{message.offset()}",
        connection="",
        stage="capture",
        topic=message.topic() or "",
        partition=message.partition() or 0,
        offset=message.offset() or 0,
        key_bytes=message.key(),
        value_bytes=message.value(),
        error=type(error).__name__,
        message=str(error),
        at=at,
    )
