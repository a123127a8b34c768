"""Quota, throttling and the headers that tell of them."""

import httpx

from sandbox.keap.quota import Limits, Quota
from tests.sandbox.keap.api import V2


def test_every_answer_tells_what_is_left(own_keap: httpx.Client) -> None:
    """Day, minute and tenant."""
    own_keap.get(f"{V2}/users")
    headers = own_keap.get(f"{V2}/users").headers

    assert headers["x-keap-product-quota-limit"] == "30000"
    assert headers["x-keap-product-quota-used"] == "2"
    assert headers["x-keap-product-throttle-limit"] == "240"
    assert headers["x-keap-product-throttle-time-unit"] == "minute"
    assert headers["x-keap-tenant-throttle-limit"] == "10000"
    assert int(headers["x-keap-product-quota-expiry-time"]) % 86_400_000 == 0


def test_a_spent_quota_is_a_429_without_retry_after(own_keap: httpx.Client) -> None:
    """With the code as a string, and nothing done."""
    own_keap.put("/_sandbox/quota", json={"per_day": 1}).raise_for_status()
    assert own_keap.get(f"{V2}/users").status_code == 200

    response = own_keap.post(f"{V2}/companies", json={"company_name": "A"})

    assert response.status_code == 429
    assert response.json() == {"code": "429", "message": "Quota Exceeded", "status": "Request Throttled", "details": None}
    assert "retry-after" not in response.headers
    assert response.headers["x-keap-product-quota-available"] == "0"


def test_the_sandboxs_own_calls_cost_nothing(own_keap: httpx.Client) -> None:
    """Health can be asked for at any time."""
    own_keap.put("/_sandbox/quota", json={"per_day": 0}).raise_for_status()

    assert own_keap.get("/_sandbox/health").json() == {"ok": True}
    assert own_keap.get("/_sandbox/quota").json()["per_day"] == 0


def test_windows_open_again_with_time() -> None:
    """A second, a minute and a day each have their own count."""
    now = [1_000_000_000_000]
    quota = Quota(Limits(per_second=2, per_minute=3, per_day=4), clock=lambda: now[0])

    assert [quota.spend() for _ in range(3)] == [True, True, False]
    now[0] += 1_000
    assert [quota.spend() for _ in range(2)] == [True, False]
    now[0] += 60_000
    assert [quota.spend() for _ in range(2)] == [True, False]
    now[0] += 86_400_000
    assert quota.spend()


def test_a_wrong_limit_is_refused(own_keap: httpx.Client) -> None:
    """A misspelt name is told, not ignored."""
    assert own_keap.put("/_sandbox/quota", json={"per_week": 1}).status_code == 400
