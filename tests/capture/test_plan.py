"""What a poller does next."""

from __future__ import annotations

import pytest

from streams.capture.budget import DAY_MS, Budget, budgets_of
from streams.capture.plan import FULL_EVERY_MS, Delays, calls_per_day, interval_s, next_run, sweep_at
from streams.capture.watermark import OVERLAP_MS
from streams.settings import Settings
from tests.capture.conftest import a_cursor, a_survey

NOW = 10_500_000
DELAYS = Delays(rounded_ms=1_000, lag_ms=200)


def test_the_snapshot_comes_first() -> None:
    """Also again, when the process died before it was done."""
    run = next_run(a_cursor(snapshot_at=None), recent=None, full_at=None, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("snapshot", None)


def test_a_new_owner_reads_the_whole_overlap() -> None:
    """Its predecessor's memory is gone."""
    run = next_run(a_cursor(), recent=None, full_at=None, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("full", 10_000_000 - OVERLAP_MS - 1_200)


def test_between_two_full_polls_only_the_newest_is_read() -> None:
    """With what rounding and replicas may hide."""
    run = next_run(a_cursor(), recent=10_400_000, full_at=NOW - FULL_EVERY_MS + 1, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("quick", 10_400_000 - 1_200)


def test_full_polls_return_in_time() -> None:
    """With a poll interval longer than that, every poll is a full one."""
    run = next_run(a_cursor(), recent=10_400_000, full_at=NOW - FULL_EVERY_MS, now=NOW, delays=DELAYS)
    assert (run.kind, run.since) == ("full", 10_000_000 - OVERLAP_MS - 1_200)


def test_sweeps_come_on_schedule_and_count_from_the_snapshot() -> None:
    """Which is a full scan itself."""
    every = {"every_ms": 1_000_000, "asked": False, "delays": DELAYS}
    assert sweep_at(a_cursor(snapshot_at=None), a_survey(), **every) is None
    assert sweep_at(a_cursor(), a_survey(), **every) == 10_000_000
    assert sweep_at(a_cursor(), a_survey(swept_at=12_000_000), **every) == 13_000_000


@pytest.mark.parametrize(("every_ms", "asked", "accepted"), [(1, False, None), (10**9, True, None), (10**9, False, 3)])
def test_two_sweeps_are_never_closer_than_a_replica_is_late(every_ms: int, asked: bool, accepted: int | None) -> None:  # noqa: FBT001
    """Also when an operator asks for one, or a short scan has to be confirmed."""
    survey = a_survey(swept_at=12_000_000, accepted=accepted)
    assert sweep_at(a_cursor(), survey, every_ms=every_ms, asked=asked, delays=DELAYS) == 12_000_000 + 1_000 + 200 + 1_000


def test_activity_speeds_polling_up_and_idleness_slows_it_down() -> None:
    """To the interval that is promised, not beyond."""
    waits = [interval_s(60, idle=idle, hooked=False, least_s=0) for idle in (0, 1, 2, 4, 1_000_000)]
    assert waits == [15, 22.5, 33.75, 60, 60]


def test_a_short_interval_is_left_as_it_is() -> None:
    """Whoever asks for half a second gets half a second."""
    assert {interval_s(0.5, idle=idle, hooked=False, least_s=0) for idle in range(5)} == {0.5}


def test_hooks_make_idle_polls_rarer() -> None:
    """Busy ones stay as they are."""
    assert interval_s(60, idle=100, hooked=True, least_s=0) == 240
    assert interval_s(60, idle=0, hooked=True, least_s=0) == 15


def test_polls_make_the_calls_of_a_day_last_to_its_end() -> None:
    """However busy: what is left is spread over what is left of the day, to the last round of the flows."""
    budget = Budget(per_day=1_000, flows=4)
    midnight = 20_000 * DAY_MS
    polls, now = 0, midnight
    while now < midnight + DAY_MS:
        polls += 4
        budget.spend(4, now)
        now += round(interval_s(60, idle=0, hooked=False, least_s=budget.least_s(now)) * 1_000)
    assert 900 <= polls <= 1_004
    assert budget.least_s(now + DAY_MS) < 400


def test_without_a_budget_nothing_is_held_back() -> None:
    """The server's headers still are."""
    budget = Budget()
    budget.spend(10**9, NOW)
    assert budget.least_s(NOW) == 0


def test_the_calls_of_a_day_are_foretold() -> None:
    """Four flows, a poll a minute, a sweep a day."""
    assert calls_per_day(60, 86_400, 4) == (4 * 1_441, 4 * 5_761)


def test_connections_that_read_one_account_share_its_calls() -> None:
    """Each with a budget of its own, they would spend the account's twice."""
    account = {"url": "http://127.0.0.1:1", "token": "t", "calls_per_day": 1_000, "quota_share": 0.5}
    other = account | {"token": "another"}
    pairs = {"one": {"keap": account, "erp": account}, "two": {"keap": account, "erp": other}}
    budgets = budgets_of(Settings.model_validate({"connections": pairs}), pairs)
    assert budgets["one", "keap"] is budgets["two", "keap"]
    assert budgets["one", "erp"] is not budgets["two", "erp"]
    assert (budgets["one", "keap"].per_day, budgets["one", "keap"].flows) == (500, 8)
