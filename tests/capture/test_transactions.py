"""Capture's transactions on the real broker."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.errors import FatalError
from streams.capture.transactions import KafkaTransactions, Message
from streams.clients import read_to_end

pytestmark = pytest.mark.broker


def test_who_was_fenced_says_that_another_worker_took_over_and_is_not_seen(topic: Callable[..., str], broker: str) -> None:
    """Opening a partition's transactions ends those of whoever had it before, for good."""
    changes = topic("changes")
    old, new = (KafkaTransactions(broker, f"capture-{changes}", 0) for _ in range(2))
    old.open()
    old.commit([Message(changes, b"k", b"first")])
    new.open()
    with pytest.raises(FatalError, match=f"capture-{changes}: another worker took over"):
        old.commit([Message(changes, b"k", b"zombie")])
    new.commit([Message(changes, b"k", b"second")])
    assert [message.value() for message in read_to_end(broker, changes, 0)] == [b"first", b"second"]


def test_of_a_transaction_that_fails_nothing_is_seen(topic: Callable[..., str], broker: str) -> None:
    """Another reason than a successor is named."""
    changes = topic("changes")
    transactions = KafkaTransactions(broker, f"capture-{changes}", 0)
    transactions.open()
    with pytest.raises(FatalError, match="took only a part of 2 records"):
        transactions.commit([Message(changes, b"k", b"small"), Message(changes, b"k", b"x" * 2_000_000)])
    assert list(read_to_end(broker, changes, 0)) == []
