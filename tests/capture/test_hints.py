"""What hooks said: when to read, and what nobody announced."""

from __future__ import annotations

from streams.capture.hints import GRACE_MS, TRUST_MS, Hints

NOW = 10_000_000
LAG_MS = 10_000


def test_a_record_is_read_once_every_replica_shows_it() -> None:
    """Several hooks of one record wait for the last."""
    hints = Hints(LAG_MS)
    hints.announce("1", NOW)
    hints.announce("1", NOW + 5)
    assert hints.due(NOW + LAG_MS) == []
    assert hints.due(NOW + LAG_MS + 5) == ["1"]
    assert hints.next_at() == NOW + LAG_MS + 5


def test_a_hook_that_comes_while_its_record_is_read_is_not_lost() -> None:
    """The record is read again."""
    hints = Hints(LAG_MS)
    hints.announce("1", NOW)
    read_at = NOW + LAG_MS
    hints.announce("1", read_at)
    hints.done(["1"], read_at)
    assert hints.due(read_at + LAG_MS) == ["1"]
    hints.done(["1"], read_at + LAG_MS)
    assert hints.next_at() is None
    assert not hints.arrived.is_set()


def test_a_change_that_no_hook_announced_counts_once_its_hook_is_late() -> None:
    """Keap's come a minute after the change: a poll is mostly sooner."""
    hints = Hints(LAG_MS)
    hints.found(["1", "2"], NOW)
    hints.announce("1", NOW + GRACE_MS)
    assert hints.missed(NOW + GRACE_MS) == 0
    assert hints.missed(NOW + GRACE_MS + 1) == 1
    assert hints.missed(NOW + 9 * GRACE_MS) == 0


def test_a_change_that_a_hook_announced_before_counts_for_nothing() -> None:
    """The poll was only sooner than the reading."""
    hints = Hints(LAG_MS)
    hints.announce("1", NOW)
    hints.found(["1"], NOW + 5)
    assert hints.missed(NOW + 2 * GRACE_MS) == 0


def test_hooks_are_relied_on_while_they_come_and_miss_nothing() -> None:
    """Not before the first one, and not for an hour after a loss."""
    hints = Hints(LAG_MS)
    assert not hints.reliable(NOW)
    hints.announce("1", NOW)
    assert hints.reliable(NOW)
    hints.found(["2"], NOW)
    late = NOW + GRACE_MS + 1
    hints.missed(late)
    assert not hints.reliable(late + TRUST_MS - 1)
    assert hints.reliable(late + TRUST_MS)
