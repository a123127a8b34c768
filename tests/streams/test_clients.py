"""What all Kafka clients here agree on, on the real broker."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from confluent_kafka import KafkaError, KafkaException, Producer

from streams.clients import MOVING, patiently, producer, read_to_end
from streams.topics import partition_of

pytestmark = pytest.mark.broker


def transaction(client: Producer, topic: str, *values: bytes, commit: bool = True) -> None:
    """Send values together, or take them back."""
    client.begin_transaction()
    for value in values:
        client.produce(topic, value, partition=0)
    client.flush(30)
    if commit:
        client.commit_transaction(30)
    else:
        client.abort_transaction(30)


def test_only_what_is_committed_is_read_and_all_of_it(broker: str, topic: Callable[..., str]) -> None:
    """Also behind an aborted transaction, and behind nothing but markers."""
    name = topic("log")
    assert list(read_to_end(broker, name, 0)) == []
    client = producer(broker, f"clients-{name}")
    client.init_transactions(30)
    transaction(client, name, b"1", b"2")
    transaction(client, name, b"3", commit=False)
    assert [message.value() for message in read_to_end(broker, name, 0)] == [b"1", b"2"]
    transaction(client, name, b"4")
    messages = list(read_to_end(broker, name, 0))
    assert [message.value() for message in messages] == [b"1", b"2", b"4"]
    assert [message.value() for message in read_to_end(broker, name, 0, messages[1].offset())] == [b"2", b"4"]


def test_what_is_still_open_is_not_waited_for(broker: str, topic: Callable[..., str]) -> None:
    """Its producer may take its time, or be gone."""
    name = topic("log")
    client = producer(broker, f"clients-{name}")
    client.init_transactions(30)
    transaction(client, name, b"1")
    client.begin_transaction()
    client.produce(name, b"2", partition=0)
    client.flush(30)
    assert [message.value() for message in read_to_end(broker, name, 0)] == [b"1"]
    client.abort_transaction(30)


def test_a_successor_fences_its_predecessor(broker: str, topic: Callable[..., str]) -> None:
    """What the predecessor had open is gone, what it still sends is refused."""
    name = topic("log")
    first, second = (producer(broker, f"clients-{name}") for _ in range(2))
    first.init_transactions(30)
    first.begin_transaction()
    first.produce(name, b"1", partition=0)
    first.flush(30)
    second.init_transactions(30)
    with pytest.raises(KafkaException):
        first.commit_transaction(30)
    transaction(second, name, b"2")
    assert [message.value() for message in read_to_end(broker, name, 0)] == [b"2"]


def test_a_keyed_record_goes_where_the_table_says(broker: str, topic: Callable[..., str]) -> None:
    """The same partition as any other client with murmur2 picks."""
    name = topic("log", 5)
    client = producer(broker)
    keys = [f"connection-{number}".encode() for number in range(40)]
    for key in keys:
        client.produce(name, b"", key)
    client.flush(30)
    found = {message.key(): number for number in range(5) for message in read_to_end(broker, name, number)}
    assert found == {key: partition_of(key, 5) for key in keys}


@pytest.mark.parametrize("moving", sorted(MOVING))
def test_a_leader_or_coordinator_that_moves_is_asked_again(moving: int) -> None:
    """A broker that has only just started says so for a moment; anything else it says is the caller's business."""
    answers = iter([KafkaException(KafkaError(moving)), KafkaException(KafkaError(moving))])

    def ask() -> str:
        for error in answers:
            raise error
        return "here"

    assert patiently(ask) == "here"


def test_a_refusal_is_not_asked_for_again() -> None:
    """Nothing but what passes by itself is waited for."""
    asked = []

    def ask() -> None:
        asked.append(1)
        raise KafkaException(KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED))

    with pytest.raises(KafkaException):
        patiently(ask)
    assert len(asked) == 1
