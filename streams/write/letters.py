"""A command that cannot be carried out becomes a dead letter with its original bytes."""

from __future__ import annotations

from typing import Final

from schemas.codec import encode
from schemas.flows import Side, flow_of
from schemas.records import Command, DeadLetter
from streams.clock import now_ms
from streams.engine.records import Produce, Record
from streams.topics import DEAD_LETTERS

LARGEST: Final = 900_000
"""Bytes of the original that a dead letter can carry within the broker's default `message.max.bytes` (1 MiB)."""


def dead_letter(record: Record, side: Side, error: Exception, *, partition: int, command: Command | None = None) -> Produce:
    """Return the dead letter of a record of this stage, to be sent.

    Args:
        record: the one that failed, as it was read.
        side: the side that is written.
        error: what was raised.
        partition: where the dead letter goes.
        command: what the record says, when it can be read.
    """
    letter = DeadLetter(
        id=f"{record.topic}/{record.partition}/{record.offset}",
        connection=command.connection if command else "",
        stage="write",
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        key_bytes=record.key,
        value_bytes=None if record.value is None else record.value[:LARGEST],
        error=type(error).__name__,
        message=str(error),
        at=now_ms(),
        flow=flow_of(command.side, command.entity) if command else None,
        link=command.link if command else None,
        side=side,
    )
    return Produce(DEAD_LETTERS, partition, record.key, encode(letter))
