"""What an answer says of the budget, read so that no call goes too early."""

from __future__ import annotations

import pytest

from connectors.budget.headers import allowed_of, heard_of, quota_of, wait_of

SPENT = {"x-keap-product-quota-available": "0", "x-keap-product-quota-limit": "30000"}


def throttle(available: int | None = None, limit: int = 240, unit: str = "minute") -> dict[str, str]:
    """Return the headers of the key's throttle."""
    told = {"x-keap-product-throttle-limit": str(limit), "x-keap-product-throttle-time-unit": unit}
    return told if available is None else {**told, "x-keap-product-throttle-available": str(available)}


def test_retry_after_is_read_in_both_forms():
    """Seconds, or a date by the server's clock; what is neither says nothing."""
    assert wait_of({"retry-after": "12"}) == 12
    assert wait_of({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT"}, lambda: 50) == 10
    assert wait_of({"retry-after": "Thu, 01 Jan 1970 00:01:00 GMT", "date": "Thu, 01 Jan 1970 00:00:30 GMT"}, lambda: 50) == 30
    assert wait_of({"retry-after": "soon"}) is None


def test_the_whole_of_an_empty_window_is_waited_for():
    """When it ends is not said: no sooner than a whole one from now is safe."""
    assert wait_of(throttle(0, 10, "second")) == 1
    assert wait_of(throttle(0)) == 60
    assert wait_of(throttle(3)) is None


def test_the_last_call_of_a_window_says_so_itself():
    """An answer that leaves nothing is as good as a refusal."""
    assert heard_of(200, throttle(0)).wait_s == 60
    assert heard_of(200, throttle(1)).wait_s is None


def test_a_success_may_say_retry_after_and_means_something_else():
    """Only an answer that is none asks to wait."""
    assert heard_of(202, {"retry-after": "12"}).wait_s is None
    assert heard_of(503, {"retry-after": "12"}).wait_s == 12
    assert not heard_of(503, {"retry-after": "12"}).refused


def test_a_spent_day_ends_when_the_header_says_or_at_midnight():
    """00:00 UTC is the documented reset."""
    assert wait_of({**SPENT, "x-keap-product-quota-expiry-time": "90000"}, lambda: 60) == 30
    assert wait_of(SPENT, lambda: 86400 * 3 + 86000) == 400
    assert wait_of({**SPENT, "x-keap-product-quota-available": "1"}) is None


def test_the_day_ends_by_the_servers_clock():
    """Ours may be ahead of it: by ours the day would be over half a minute too soon."""
    headers = {**SPENT, "x-keap-product-quota-expiry-time": "90000", "date": "Thu, 01 Jan 1970 00:00:30 GMT"}
    assert wait_of(headers, lambda: 60) == 60


def test_headers_that_say_nothing_are_nothing():
    """Missing, empty or odd headers are no limits."""
    odd = {"x-keap-product-quota-available": "", "x-keap-product-throttle-limit": "many", "retry-after": " ", "date": "today"}
    assert quota_of(odd).available is None
    assert allowed_of(odd) is None
    assert wait_of(odd) is None


def test_the_tighter_of_two_throttles_counts():
    """Product and tenant are both limits."""
    tenant = {
        "x-keap-tenant-throttle-limit": "100", "x-keap-tenant-throttle-time-unit": "minute",
        "x-keap-tenant-throttle-interval": "2",
    }  # fmt: skip
    assert allowed_of({**throttle(), **tenant}) == pytest.approx(0.9 * 100 / 120)


def test_what_is_left_of_a_scarce_window_is_spread():
    """Somebody else uses the account too: ten calls of a minute are one each six seconds."""
    assert allowed_of(throttle(200)) == pytest.approx(0.9 * 4)
    assert allowed_of(throttle(10)) == pytest.approx(1 / 6)
