"""The transactional producer of one partition: all outputs of a piece of work are visible together or never.

Its `transactional.id` is stage and partition, so that taking a partition over fences whoever had it before (KIP-98): the
predecessor's open transaction is aborted, and its next call fails for good.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.errors import FatalError
from streams.engine.commit import commit, refusal
from streams.engine.records import Outputs
from streams.engine.settings import EngineSettings

LIBRDKAFKA = logging.getLogger("kafka.producer")  # errors reach us as exceptions; nothing goes to stderr by itself
INIT_S = 60.0


class Transactions:
    """Writes outputs, one transaction each."""

    def __init__(self, settings: EngineSettings, partition: int) -> None:
        """Fence the predecessor and wait until its last transaction is ended.

        Raises:
            FatalError: somebody fenced us in turn, or the broker does not answer.
        """
        self._changelog = settings.changelog
        self._partition = partition
        self._name = f"{settings.stage}-{partition}"
        self._offset: int | None = None
        self._producer = Producer(
            {
                "bootstrap.servers": settings.bootstrap,
                **settings.security,
                "transactional.id": self._name,
                "transaction.timeout.ms": int(settings.transaction_timeout_s * 1000),
                "acks": "all",
                "linger.ms": 5,
                "partitioner": "murmur2_random",  # librdkafka's default differs from Kafka's
                "message.max.bytes": settings.record_limit + 10_000,  # ours is checked beforehand, without overhead
                "queue.buffering.max.messages": 200_000,
            },
            logger=LIBRDKAFKA,
        )
        try:
            self._producer.init_transactions(INIT_S)
        except KafkaException as error:
            raise self._failure(error) from error

    def write(self, outputs: Outputs, meanwhile: Callable[[], object] | None = None) -> int | None:
        """Write outputs in one transaction.

        Args:
            meanwhile: what to do between sending them and the commit, which would only wait for the broker.

        Returns:
            The changelog offset after the last row; None without rows.

        Raises:
            FatalError: fenced, refused, or not to be known: the worker has to end, its successor decides again.
        """
        self._offset = None
        try:
            self._producer.begin_transaction()
            self._produce(outputs)
            if meanwhile:
                meanwhile()
            commit(self._producer)
            while outputs.rows and self._offset is None:
                self._producer.poll(0.01)
        except KafkaException as error:
            raise self._failure(error) from error
        return self._offset

    def _produce(self, outputs: Outputs) -> None:
        last = list(outputs.rows)[-1] if outputs.rows else None
        for key, value in outputs.rows.items():
            report = self._delivered if key is last else None
            self._send(self._changelog, self._partition, key, value, report=report)
        for record in outputs.records:
            self._send(record.topic, record.partition, record.key, record.value, headers=list(record.headers))

    def _send(self, topic: str, partition: int | None, key: bytes | None, value: bytes | None, **options: object) -> None:
        report = options.get("report")
        arguments = {"headers": options["headers"]} if options.get("headers") else {}
        if partition is not None:
            arguments["partition"] = partition
        while True:
            try:
                self._producer.produce(topic, value, key, on_delivery=report, **arguments)
            except BufferError:  # the local queue is full: let it drain
                self._producer.poll(0.1)
            else:
                return

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is None:
            self._offset = message.offset() + 1

    def _failure(self, error: KafkaException) -> FatalError:
        return FatalError(f"{self._name}: {refusal(self._producer, error)}")
