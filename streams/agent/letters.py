"""What the core could not carry, as dead letters with the original bytes."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.codec import encode
from schemas.records import DeadLetter
from streams.engine.records import Produce, Record
from streams.sync.turn import Letter
from streams.topics import DEAD_LETTERS


def letters(record: Record, partition: int, failed: Iterable[Letter], at: int, connection: str = "") -> list[Produce]:
    """Return one dead letter per failed part of a record; its id is the same whenever the record is delivered again.

    Args:
        record: the one that failed, as it was read.
        partition: where the dead letters go.
        failed: what could not be done with it.
        at: now (ms).
        connection: whose record it is, when that can be told.
    """
    return [
        Produce(
            DEAD_LETTERS,
            partition,
            record.key,
            encode(
                DeadLetter(
                    id=f"{record.topic}/{record.partition}/{record.offset}" + (f"/{part.field}" if part.field else ""),
                    connection=connection,
                    stage="sync",
                    topic=record.topic,
                    partition=record.partition,
                    offset=record.offset,
                    key_bytes=record.key,
                    value_bytes=record.value,
                    error=part.error,
                    message=part.message,
                    at=at,
                    flow=part.flow,
                    link=part.link,
                    side=part.side,
                    field=part.field,
                )
            ),
        )
        for part in failed
    ]
