"""What the ledger lets go, and when."""

from __future__ import annotations

import math

import pytest

from connectors.base import Quota
from connectors.budget.errand import Priority
from connectors.budget.headers import Heard
from connectors.budget.ledger import LEAST_PACE, REST_S, Ledger, Policy, Ticket, forget_future, learn, rate, stop_of, take

NOW = 1_000_000.0
POLICY = Policy(per_second=4, reserve_share=0.1)


def heard(*, refused: bool = False, wait_s: float | None = None, left: int | None = None, limit: int | None = 1000) -> Heard:
    """Return what an answer says that leaves the rest of the day for later."""
    return Heard(refused, wait_s, None, Quota(left, limit), 3600)


def granted(ledger: Ledger, at: float = NOW, priority: Priority = Priority.LIVE) -> Ticket:
    """Take a turn that has to be free."""
    ticket = take(ledger, POLICY, priority, at)
    assert isinstance(ticket, Ticket)
    return ticket


def stopped(ledger: Ledger, at: float = NOW) -> dict[str, bool]:
    """Tell of each priority whether it is stopped."""
    return {each.name: stop_of(ledger, POLICY, each, at) is not None for each in Priority}


def test_calls_are_spaced_evenly():
    """A quarter of a second apart at four a second, also after a pause: the spike policy counts seconds."""
    ledger = Ledger()
    granted(ledger)
    assert take(ledger, POLICY, Priority.LIVE, NOW + 0.1) == pytest.approx(0.15)
    granted(ledger, NOW + 10)
    assert take(ledger, POLICY, Priority.LIVE, NOW + 10) == pytest.approx(0.25)


def test_a_fast_pace_makes_up_for_inexact_sleeps_and_for_no_more():
    """A hundred a second stay a hundred when each sleep is two milliseconds late; a pause earns five calls."""
    ledger, policy = Ledger(), Policy(per_second=100)
    now, calls = NOW, 0
    while now < NOW + 10:
        got = take(ledger, policy, Priority.LIVE, now)
        calls += isinstance(got, Ticket)
        now += 0 if isinstance(got, Ticket) else got + 0.002
    assert calls == pytest.approx(1000, abs=7)
    burst = [take(ledger, policy, Priority.LIVE, NOW + 60) for _ in range(20)]
    assert sum(isinstance(got, Ticket) for got in burst) <= 6


def test_who_goes_first_is_kept_waiting_by_nobody():
    """Bulk work of another process stands back while a live call is known to wait, and no longer."""
    ledger = Ledger()
    granted(ledger, priority=Priority.BULK)
    wait = take(ledger, POLICY, Priority.LIVE, NOW)
    assert wait == pytest.approx(0.25)
    assert isinstance(take(ledger, POLICY, Priority.BULK, NOW + 0.25), float)
    granted(ledger, NOW + 0.25, Priority.LIVE)
    granted(ledger, NOW + 0.5, Priority.BULK)


def test_a_claim_of_somebody_who_went_away_passes():
    """A killed process keeps nobody waiting."""
    ledger = Ledger()
    granted(ledger)
    take(ledger, POLICY, Priority.LIVE, NOW)
    granted(ledger, NOW + 1, Priority.BULK)


def test_the_reserve_is_for_live_traffic():
    """Of a thousand calls bulk work leaves a hundred, reading fifty, and live edits none."""
    ledger, ticket = Ledger(), Ticket(NOW, 0)
    for left, bulk, read, live in ((101, False, False, False), (100, True, False, False), (50, True, True, False), (0, True, True, True)):
        learn(ledger, ticket, heard(left=left), NOW)
        assert stopped(ledger) == {"BULK": bulk, "READ": read, "LIVE": live, "BEGUN": live}
    assert stopped(ledger, NOW + 3601) == dict.fromkeys(("BULK", "READ", "LIVE", "BEGUN"), False)


def test_a_used_up_day_says_until_when():
    """The end of the day, as the server told it."""
    ledger = Ledger()
    learn(ledger, Ticket(NOW, 0), heard(refused=True, wait_s=3600, left=0), NOW)
    stop = stop_of(ledger, POLICY, Priority.LIVE, NOW)
    assert stop is not None
    assert (stop.until, stop.reason) == (NOW + 3600, "the day's quota is used up")


def test_calls_under_way_are_taken_off_what_the_server_counted():
    """The answer to the first of three calls knows nothing of the other two."""
    ledger = Ledger()
    first = granted(ledger)
    granted(ledger, NOW + 1)
    granted(ledger, NOW + 2)
    learn(ledger, first, heard(left=2), NOW + 3)
    assert ledger.left == 0


def test_a_refusal_without_words_halves_the_pace_once():
    """All calls that were under way together are refused together; the next one is one more sign."""
    ledger = Ledger()
    tickets = [granted(ledger, NOW + second) for second in range(3)]
    for ticket in tickets:
        learn(ledger, ticket, heard(refused=True), NOW + 3)
    assert rate(ledger, POLICY) == 2
    stop = stop_of(ledger, POLICY, Priority.LIVE, NOW + 3)
    assert stop is not None
    assert stop.until == NOW + 3 + REST_S
    learn(ledger, granted(ledger, NOW + 5), heard(refused=True), NOW + 5)
    assert rate(ledger, POLICY) == 1


def test_the_pace_recovers_slowly():
    """Fifty answers make a halved pace whole; it never stops altogether, nor passes what is configured."""
    ledger = Ledger()
    for second in range(20):
        learn(ledger, granted(ledger, NOW + 10 * second), heard(refused=True), NOW + 10 * second)
    assert rate(ledger, POLICY) == pytest.approx(4 * LEAST_PACE)
    ledger.pace = 0.5
    for answers in range(1, 100):
        learn(ledger, Ticket(NOW, answers), heard(), NOW)
        assert math.isclose(ledger.pace, min(1, 0.5 + answers / 100))


def test_the_servers_wait_does_not_slow_the_pace():
    """Who says when to come again is taken at his word."""
    ledger = Ledger()
    learn(ledger, granted(ledger), heard(refused=True, wait_s=7), NOW)
    assert rate(ledger, POLICY) == 4
    assert stop_of(ledger, POLICY, Priority.LIVE, NOW + 6.9) is not None
    assert stop_of(ledger, POLICY, Priority.LIVE, NOW + 7) is None


def test_a_clock_that_was_set_back_does_not_stop_the_account():
    """Times of a future that will take days to come are forgotten."""
    ledger = Ledger(at=NOW + 86400, held_until=NOW + 86410, last_at=NOW + 86400)
    assert forget_future(ledger, NOW) == Ledger(held_until=NOW + REST_S)
    assert forget_future(Ledger(at=NOW, held_until=NOW + 500), NOW).held_until == NOW + 500
