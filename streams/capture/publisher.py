"""The one writer of a partition: Changes, inventory and cursor leave it together or not at all.

`transactional.id` = capture-<partition>: opening one fences whoever held the partition before, whose next commit is refused.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from confluent_kafka import KafkaException, Producer

from schemas.codec import encode
from schemas.errors import FatalError, RecordError
from schemas.records import Change, Cursor, ScanMark
from streams.capture.position import Fresh, Position
from streams.capture.undeliverable import change_letter, value_of
from streams.clients import ANSWER_S, producer
from streams.topics import CHANGES, CURSORS, DEAD_LETTERS, OUTCOMES

log = structlog.get_logger(__name__)

Message = tuple[str, bytes | None, bytes | None]
"""Topic, key, value."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the broker calls the things capture touches."""

    changes: str = CHANGES
    cursors: str = CURSORS
    outcomes: str = OUTCOMES
    dead_letters: str = DEAD_LETTERS
    group: str = "capture"


NAMES = Names()


class Publisher:
    """Writes one partition, one transaction at a time."""

    def __init__(self, kafka: str, partition: int, names: Names = NAMES) -> None:
        """Set up a producer; nothing is sent before `open`."""
        self.partition = partition
        self._names = names
        self._lock = asyncio.Lock()
        self._producer: Producer = producer(kafka, f"{names.group}-{partition}")
        self._running: set[asyncio.Task[None]] = set()

    def open(self) -> None:
        """Fence the predecessor and end what it left open; blocks.

        Raises:
            KafkaException: the broker does not answer.
        """
        self._producer.init_transactions(ANSWER_S)

    async def publish(
        self, position: Position, fresh: Sequence[Fresh], *, mark: ScanMark | None = None, head: Cursor | None = None
    ) -> None:
        """Publish what is fresh, in its order and then the mark, with the inventory and head that say so.

        Finished even when the caller is cancelled meanwhile: `close` waits for it.

        Raises:
            FatalError: the broker refused, because another process owns the partition now or for a defect.
        """

        def note() -> list[Message]:
            for each in fresh:
                position.inventory.put(each.change.id, each.fingerprint)
            position.head = head or position.head
            records = [self._change(each.change) for each in fresh]
            marks: list[Message] = [(self._names.changes, mark.key, encode(mark))] if mark else []
            return records + marks + self._stored(position, with_head=head is not None)

        await self._in_turn(note)

    async def meet(self, position: Position, ids: Sequence[str]) -> None:
        """Enter ids that exist, before anything of them is published."""

        def note() -> list[Message]:
            for id_ in ids:
                position.inventory.meet(id_)
            return self._stored(position, with_head=False)

        if any(id_ not in position.inventory for id_ in ids):
            await self._in_turn(note)

    async def send(self, messages: Sequence[Message]) -> None:
        """Write messages in a transaction of their own."""
        await self._in_turn(lambda: list(messages))

    async def close(self) -> None:
        """Wait for the transaction under way."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _change(self, change: Change) -> Message:
        try:
            return self._names.changes, change.key, value_of(change)
        except RecordError as error:
            letter = change_letter(change, self._names.changes, self.partition, error)
            log.warning("change.dead_lettered", ref=change.ref, connection=change.connection, error=str(error))
            return self._names.dead_letters, letter.key_bytes, encode(letter)

    def _stored(self, position: Position, *, with_head: bool) -> list[Message]:
        cursors = [*position.touched(), *([position.head] if with_head else [])]
        return [(self._names.cursors, cursor.key, encode(cursor)) for cursor in cursors]

    async def _in_turn(self, note: Callable[[], list[Message]]) -> None:
        async def turn() -> None:
            async with self._lock:
                await asyncio.to_thread(self._transact, note())

        task = asyncio.create_task(turn())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)

    def _transact(self, messages: Sequence[Message]) -> None:
        by_topic: Mapping[str, list[dict[str, Any]]] = {topic: [] for topic, _, _ in messages}
        for topic, key, value in messages:
            by_topic[topic].append({"key": key, "value": value})
        try:
            self._producer.begin_transaction()
            for topic, batch in by_topic.items():
                if self._producer.produce_batch(topic, batch, partition=self.partition) != len(batch):
                    raise FatalError(f"kafka: {topic}/{self.partition} took only a part of {len(batch)} records")
            self._commit()
        except KafkaException as error:
            raise FatalError(f"kafka: a transaction of partition {self.partition} failed: {error.args[0].str()}") from error

    def _commit(self) -> None:
        while True:
            try:
                self._producer.commit_transaction(ANSWER_S)
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise
            else:
                return
