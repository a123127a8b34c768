"""Send an operator's request: a Control record in the partition of its connection, where the sync agent reads it in order."""

from __future__ import annotations

import getpass
import uuid
from typing import TYPE_CHECKING, Literal

from schemas.codec import encode
from schemas.errors import RetriableError
from schemas.records import Control
from streams.clients import ANSWER_S, producer
from streams.clock import now_ms
from streams.topics import CONTROL, partition_of
from streams.wire import use_tool_format

if TYPE_CHECKING:
    from streams.settings import Settings

Op = Literal[
    "link", "unlink", "ignore", "retry", "resend", "approve", "choose", "thaw", "release", "withhold", "sweep", "commit", "discard"
]


def request(settings: Settings, connection: str, op: Op, **args: str) -> Control:
    """Send a request and wait until the broker has it.

    Raises:
        RetriableError: the broker did not take it, or the registry does not answer.
    """
    use_tool_format(settings)
    control = Control(str(uuid.uuid4()), connection, op, args, getpass.getuser(), now_ms())
    client = producer(settings.cluster)
    partition = partition_of(connection.encode(), settings.partitions)
    client.produce(CONTROL, value=encode(control), key=control.key, partition=partition)
    if client.flush(ANSWER_S):
        raise RetriableError(f"kafka at {settings.kafka}: the request was not taken within {ANSWER_S:.0f} s")
    return control
