"""The fenced producer of one partition: what is committed together is seen together, or not at all.

`transactional.id` = capture-<partition>: opening one fences whoever held the partition before, whose next commit is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from confluent_kafka import KafkaException, Producer

from schemas.errors import FatalError
from streams.clients import ANSWER_S, producer
from streams.engine.commit import commit, refusal
from streams.security import Cluster


@dataclass(frozen=True, slots=True)
class Message:
    """One record to send; a value of None is a tombstone."""

    topic: str
    key: bytes | None
    value: bytes | None


class Transactions(Protocol):
    """What a publisher needs of a broker. Both calls block."""

    def open(self) -> None:
        """Fence the predecessor and end what it left open."""

    def commit(self, messages: Sequence[Message]) -> None:
        """Send messages as one transaction, each topic's in their order."""


class KafkaTransactions:
    """The transactions of one partition of the broker."""

    def __init__(self, kafka: Cluster | str, transactional_id: str, partition: int) -> None:
        """Set up a producer; nothing is sent before `open`."""
        self._partition = partition
        self._name = transactional_id
        self._producer: Producer = producer(kafka, transactional_id)

    def open(self) -> None:
        """Fence the predecessor and end what it left open; raises FatalError when the broker does not answer, or somebody took over."""
        try:
            self._producer.init_transactions(ANSWER_S)
        except KafkaException as error:
            raise self._failure(error) from error

    def commit(self, messages: Sequence[Message]) -> None:
        """Send messages as one transaction.

        Raises:
            FatalError: the broker refused, because another process owns the partition now or for a defect; nothing is visible.
        """
        by_topic: dict[str, list[dict[str, Any]]] = {}
        for message in messages:
            by_topic.setdefault(message.topic, []).append({"key": message.key, "value": message.value})
        try:
            self._producer.begin_transaction()
            for topic, batch in by_topic.items():
                if self._producer.produce_batch(topic, batch, partition=self._partition) != len(batch):
                    raise FatalError(f"kafka: {topic}/{self._partition} took only a part of {len(batch)} records")
            commit(self._producer)
        except KafkaException as error:
            raise self._failure(error) from error

    def _failure(self, error: KafkaException) -> FatalError:
        return FatalError(f"{self._name}: {refusal(self._producer, error)}")
