"""Take up where the last owner of a partition stopped."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from confluent_kafka import Message

from schemas.codec import decode
from schemas.errors import SchemaError
from schemas.flows import Flow, Side, flow_of
from schemas.records import Cursor, Survey
from streams.capture.inventory import Inventory
from streams.capture.position import Position

Place = tuple[str, Side, Flow]
"""Connection, side, flow."""


@dataclass(slots=True)
class Recovered:
    """What a partition of `cursors` holds."""

    positions: dict[Place, Position] = field(default_factory=dict)
    unreadable: list[tuple[Message, SchemaError]] = field(default_factory=list)


def recover(messages: Iterable[Message]) -> Recovered:
    """Put together what the records of a partition of `cursors` say, the last one of each key.

    They have to be read after `Transactions.open`, when the predecessor can add nothing any more.
    """
    latest: dict[bytes, Message] = {}
    for message in messages:
        latest[message.key() or b""] = message
    heads: dict[Place, Cursor] = {}
    surveys: dict[Place, Survey] = {}
    chunks: defaultdict[Place, dict[int, dict[str, bytes]]] = defaultdict(dict)
    recovered = Recovered()
    for message in latest.values():
        if message.value() is None:  # a tombstone
            continue
        try:
            cursor = decode(message.value())
            if not isinstance(cursor, Cursor | Survey):
                raise SchemaError(f"a {type(cursor).__name__}")  # noqa: TRY301 - one way to a dead letter
            place = (cursor.connection, cursor.side, flow_of(cursor.side, cursor.entity))
        except (SchemaError, KeyError) as error:
            recovered.unreadable.append((message, SchemaError(f"not a cursor: {error}")))
            continue
        if isinstance(cursor, Survey):
            surveys[place] = cursor
        elif cursor.chunk == 0:
            heads[place] = cursor
        else:
            chunks[place][cursor.chunk] = cursor.entries
    for place in heads.keys() | chunks.keys() | surveys.keys():
        position = recovered.positions[place] = Position.unknown(*place)
        position.head = heads.get(place, position.head)
        position.survey = surveys.get(place, position.survey)
        position.inventory = Inventory(chunks[place])
    return recovered
