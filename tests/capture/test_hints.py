"""What hooks said: when to read, and what nobody announced."""

from __future__ import annotations

from streams.capture.hints import GRACE_MS, TRUST_MS, Hints
from streams.capture.plan import interval_s

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


def test_hooks_are_relied_on_once_they_have_missed_nothing_for_an_hour() -> None:
    """Counted from the first one; after a loss, from the first one after it was noticed."""
    hints = Hints(LAG_MS)
    hints.announce("1", NOW)
    hints.announce("1", NOW + TRUST_MS - 1)
    assert not hints.reliable(NOW + TRUST_MS - 1)
    assert hints.reliable(NOW + TRUST_MS)
    late = _miss(hints, NOW + TRUST_MS)
    hints.announce("1", late + 5)
    assert not hints.reliable(late + TRUST_MS)
    assert hints.reliable(late + 5 + TRUST_MS)


def test_hooks_that_never_come_are_never_relied_on() -> None:
    """Though for hours there was nothing that they could have announced."""
    hints = Hints(LAG_MS)
    assert not hints.reliable(NOW)
    late = _miss(hints, NOW)
    assert not hints.reliable(late + 9 * TRUST_MS)


def test_polls_keep_their_interval_until_hooks_have_proved_themselves() -> None:
    """So long is an edit under way whose hook is dropped: a minute before, four once hooks are relied on, one again after that miss."""
    hints = Hints(LAG_MS)

    def interval_at(now: int) -> float:
        return interval_s(60, idle=100, hooked=hints.reliable(now), least_s=0)

    hints.announce("1", NOW)
    assert [interval_at(NOW + ms) for ms in (0, TRUST_MS - 1, TRUST_MS)] == [60, 60, 240]
    late = _miss(hints, NOW + TRUST_MS + 240_000)
    assert interval_at(late) == 60
    hints.announce("1", late)
    assert [interval_at(late + ms) for ms in (0, TRUST_MS - 1, TRUST_MS)] == [60, 60, 240]


def _miss(hints: Hints, now: int) -> int:
    """Let a poll find what no hook announces; returns when that is noticed."""
    hints.found(["2"], now)
    late = now + GRACE_MS + 1
    assert hints.missed(late) == 1
    return late
