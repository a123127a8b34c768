"""A server that refuses, fails and stays silent by a script: no call comes earlier than allowed, none that is refused for good again."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import httpx
import pytest
import structlog

from connectors.budget.ledger import REST_S
from sandbox.keap.quota import Limits
from schemas.errors import RejectedError
from streams.patience import WAIT_FIRST_S, Patience
from tests.connectors.budget.keap import Keap, Scripted
from tests.connectors.budget.virtual import MIDNIGHT
from tests.connectors.conftest import Run

AMPLE = Limits(per_second=10**6, per_minute=10**7, per_day=10**7)
AT_NOON = {"x-keap-product-quota-available": "0", "x-keap-product-quota-expiry-time": str(int(MIDNIGHT + 43_200) * 1000)}
REFUSALS = [
    (httpx.Response(429, json={"message": "Quota Exceeded"}), REST_S),
    (httpx.Response(429, headers={"retry-after": "17"}), 17),
    (httpx.Response(429, headers={"retry-after": "3600"}), 3600),
    (httpx.Response(503, headers={"retry-after": "120"}), 120),
    (httpx.Response(429, headers=AT_NOON), 43_200 - 1),
    (httpx.Response(500, json={}), 0.0),
    (httpx.ReadTimeout, 0.0),
    (httpx.ConnectError, 0.0),
]


async def patient(keap: Keap, calls: int = 1, beside: int = 1) -> None:
    """Make calls as the workers do: each again and again until it is done."""
    api = keap.api()
    patience = Patience(structlog.get_logger())

    async def one() -> None:
        for _ in range(calls):
            await patience(lambda: api.call("GET", "contacts"))

    await asyncio.gather(*(one() for _ in range(beside)))
    await api.close()


@pytest.mark.parametrize(("refusal", "wait_s"), REFUSALS)
def test_no_call_comes_earlier_than_a_refusal_allows(virtual: Run, refusal: Scripted, wait_s: float):
    """Whoever it is that calls next, the one that was refused or another; and not much later either."""
    keap = Keap(AMPLE, [refusal], latency_s=0)
    virtual(patient(keap, calls=3, beside=2))
    first, second = keap.arrivals[:2]
    assert max(wait_s, 0.25) - 1e-6 <= second - first <= wait_s + 61
    assert len(keap.arrivals) == 7


def test_a_long_storm_of_every_kind(virtual: Run):
    """Each refusal is heeded by all that comes after it, whatever the order."""
    script = [refusal for refusal, _ in REFUSALS * 3]
    told = {id(refusal): wait for refusal, wait in REFUSALS}
    keap = Keap(AMPLE, script, latency_s=0)
    virtual(patient(keap, calls=len(script) + 5))
    for refusal, (asked, again) in zip(script, pairwise(keap.arrivals), strict=False):
        wait = told[id(refusal)] if refusal is not REFUSALS[4][0] else max(0, MIDNIGHT + 43_200 - asked - 1)
        assert again - asked >= max(wait, WAIT_FIRST_S) - 1e-3


def test_a_validation_error_is_not_repeated(virtual: Run):
    """A 4xx says that the call is wrong: the record is refused, the next one goes on."""

    async def refused() -> int:
        keap = Keap(AMPLE, [httpx.Response(400, json={"message": "email is not valid"})])
        api = keap.api()
        with pytest.raises(RejectedError, match="email is not valid"):
            await Patience(structlog.get_logger())(lambda: api.call("POST", "contacts", body={}))
        await api.call("POST", "contacts", body={})
        await api.close()
        return len(keap.arrivals)

    assert virtual(refused()) == 2


def test_a_key_is_never_overdrawn(virtual: Run):
    """Keap's documented limits, an hour of calls without a pause from eight tasks: not one finds a window full."""
    keap = Keap(Limits(per_second=4, per_minute=240, per_day=30_000))
    virtual(patient(keap, calls=150, beside=8))
    assert keap.refused == 0
    assert keap.arrivals[-1] - keap.arrivals[0] < 1200 / 4 * 1.3


def test_a_spike_policy_below_the_pace_is_found_out(virtual: Run):
    """Two a second, and nothing says so but bare refusals: the pace comes down to it and calls get through."""
    keap = Keap(Limits(per_second=2, per_minute=10**6, per_day=10**6))
    virtual(patient(keap, calls=50, beside=8))
    assert keap.refused < len(keap.arrivals) / 10
    assert keap.arrivals[-1] - keap.arrivals[0] < 400 / 2 * 2


def test_a_spent_day_is_waited_out_without_a_call(virtual: Run):
    """From the moment the quota is used up until 00:00 UTC nobody calls; then it goes on."""
    keap = Keap(Limits(per_second=10, per_minute=240, per_day=100))
    virtual(patient(keap, calls=40, beside=4))
    assert keap.refused == 0
    before = [at for at in keap.arrivals if at < MIDNIGHT + 86_400]
    assert len(before) == 100 - 5  # reading leaves live traffic half of the reserve
    assert keap.arrivals[len(before)] >= MIDNIGHT + 86_400
