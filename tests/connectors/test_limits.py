"""Pacing: no faster than allowed, no slower than needed, by the server's word."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from connectors.limits import ASK_AGAIN_S, BURST_S, Pacer, allowed_of, quota_end_of, quota_of, wait_of
from schemas.errors import RateLimitedError

SPENT = {"x-keap-product-quota-available": "0", "x-keap-product-quota-limit": "30000"}


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Say what time it is."""
        return self.now

    async def sleep(self, seconds: float) -> None:
        """Be there at once, behind whoever sleeps shorter."""
        wake = self.now + seconds
        await asyncio.sleep(0)
        self.now = max(self.now, wake)


def pacer(clock: Clock, per_second: float = 4, share: float = 1) -> Pacer:
    """Return a pacer on that clock."""
    return Pacer(per_second, share, monotonic=clock, sleep=clock.sleep)


async def turns(of: Pacer, clock: Clock, count: int) -> float:
    """Return the seconds that so many turns take."""
    begin = clock.now
    for _ in range(count):
        await of.turn()
    return clock.now - begin


def test_calls_keep_the_rate(run: Callable[..., Any]):
    """Forty calls at four a second take ten seconds, but for the burst at the start."""
    clock = Clock()
    assert run(turns(pacer(clock), clock, 40)) == pytest.approx(10 - BURST_S - 0.25)


def test_a_share_is_a_slower_rate(run: Callable[..., Any]):
    """Half of the account takes twice as long."""
    clock = Clock()
    assert run(turns(pacer(clock, share=0.5), clock, 21)) == pytest.approx(10 - BURST_S)


def test_headers_lower_the_rate_and_give_it_back():
    """A throttle of 60 a minute is one a second; the configured rate stays the most."""
    of = pacer(Clock())
    of.observe({"x-keap-product-throttle-limit": "60", "x-keap-product-throttle-time-unit": "minute"})
    assert of.rate == 1
    of.observe({"x-keap-product-throttle-limit": "6000", "x-keap-product-throttle-time-unit": "minute"})
    assert of.rate == 4


def test_a_hold_stops_everyone_for_as_long_as_asked(run: Callable[..., Any]):
    """After a 429 the next call begins when the server said."""
    clock = Clock()
    of = pacer(clock)
    of.hold(7)
    assert run(turns(of, clock, 1)) == pytest.approx(7)


def test_a_day_that_is_used_up_is_said_not_slept(run: Callable[..., Any]):
    """Hours are the caller's business."""
    of = pacer(Clock())
    of.observe(SPENT)
    with pytest.raises(RateLimitedError) as caught:
        run(of.turn())
    assert caught.value.wait_s is not None
    assert caught.value.wait_s > 0


def test_a_long_queue_is_waited_for(run: Callable[..., Any]):
    """Many callers at a slow pace are no reason to refuse any."""
    clock = Clock()
    of = pacer(clock, per_second=1)

    async def crowd() -> float:
        await asyncio.gather(*(of.turn() for _ in range(100)))
        return clock.now - 100

    assert run(crowd()) == pytest.approx(99, abs=1)


def test_a_refused_turn_takes_no_place_in_the_queue(run: Callable[..., Any]):
    """When the hold is over, the first call goes at once."""
    clock = Clock()
    of = pacer(clock)
    of.hold(60)
    for _ in range(50):
        with pytest.raises(RateLimitedError):
            run(of.turn())
    clock.now += 60
    assert run(turns(of, clock, 1)) == 0


def test_a_waiting_call_can_be_cancelled(run: Callable[..., Any]):
    """Shutdown does not wait for a turn."""

    async def cancelled() -> bool:
        of = Pacer(0.001)
        of.hold(20)
        task = asyncio.create_task(of.turn())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task])
        return task.cancelled()

    assert run(cancelled())


def test_retry_after_is_read_in_both_forms():
    """Seconds, or a date; what is neither says nothing."""
    assert wait_of({"retry-after": "12"}) == 12
    assert wait_of({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, lambda: 50) == 10
    assert wait_of({"retry-after": "soon"}) is None


def test_an_empty_window_is_waited_for_by_half():
    """The window's end is not said: half a second of a second, a few seconds of a minute."""
    empty = {"x-keap-product-throttle-limit": "10", "x-keap-product-throttle-available": "0"}
    assert wait_of({**empty, "x-keap-product-throttle-time-unit": "second"}) == 0.5
    assert wait_of({**empty, "x-keap-product-throttle-time-unit": "minute"}) == ASK_AGAIN_S
    assert wait_of({**empty, "x-keap-product-throttle-available": "3", "x-keap-product-throttle-time-unit": "minute"}) is None


def test_a_spent_day_ends_when_the_header_says_or_at_midnight():
    """00:00 UTC is the documented reset."""
    assert quota_end_of({**SPENT, "x-keap-product-quota-expiry-time": "90000"}, lambda: 60) == 30
    assert quota_end_of(SPENT, lambda: 86400 * 3 + 86000) == 400
    assert quota_end_of({**SPENT, "x-keap-product-quota-available": "1"}) is None


def test_headers_that_say_nothing_are_nothing():
    """Missing, empty or odd headers are no limits."""
    odd = {"x-keap-product-quota-available": "", "x-keap-product-throttle-limit": "many", "retry-after": " "}
    assert quota_of(odd).available is None
    assert allowed_of(odd) is None
    assert wait_of(odd) is None


def test_the_tighter_of_two_throttles_counts():
    """Product and tenant are both limits."""
    headers = {
        "x-keap-product-throttle-limit": "240", "x-keap-product-throttle-time-unit": "minute",
        "x-keap-tenant-throttle-limit": "100", "x-keap-tenant-throttle-time-unit": "minute",
        "x-keap-tenant-throttle-interval": "2",
    }  # fmt: skip
    assert allowed_of(headers) == pytest.approx(100 / 120)
