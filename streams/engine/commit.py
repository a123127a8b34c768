"""Commit a transaction, and say in words why the broker refused one: somebody fenced who began it (KIP-98), or something else."""

from __future__ import annotations

from typing import Final

from confluent_kafka import KafkaError, KafkaException, Producer

FENCED: Final = {KafkaError._FENCED, KafkaError.PRODUCER_FENCED, KafkaError.INVALID_PRODUCER_EPOCH}  # noqa: SLF001 - its public names
ASK_S: Final = 30.0
"""One call's patience; a retriable one is called again."""


def commit(producer: Producer) -> None:
    """Commit the open transaction; raises KafkaException when it cannot be committed any more."""
    while True:
        try:
            producer.commit_transaction(ASK_S)
        except KafkaException as error:
            if not error.args[0].retriable():
                raise
        else:
            return


def refusal(producer: Producer, error: KafkaException) -> str:
    """Return why a transaction of `producer` failed."""
    reason: KafkaError = error.args[0]
    if reason.code() == KafkaError._FATAL:  # noqa: SLF001
        reason = _fatal(producer, reason)
    return "another worker took over" if reason.code() in FENCED else f"the transaction failed: {reason.str()}"


def _fatal(producer: Producer, said: KafkaError) -> KafkaError:
    """Return what was fatal: to produce a record only says that something was, each call of the transaction says what."""
    try:
        producer.abort_transaction(ASK_S)
    except KafkaException as error:
        told: KafkaError = error.args[0]
        return told
    return said
