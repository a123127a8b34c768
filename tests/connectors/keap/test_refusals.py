"""What Keap says when it says no, and what becomes of it."""

from __future__ import annotations

import asyncio

import pytest

from connectors.calls import counted
from connectors.keap import KeapConnector
from schemas.errors import AmbiguousError, FatalError, GoneError, RateLimitedError, RetriableError
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

TOKEN = "KeapAK-not-a-real-one"  # noqa: S105 - refused on purpose


def test_a_deleted_record_is_gone(tenant: Tenant, keap: KeapConnector, run: Run):
    """To a read and to a write."""
    (id_,) = tenant.seed(companies=[{"company_name": "C"}])["companies"]
    base = run(keap.get("company", id_))
    tenant.http.delete(f"/rest/v2/companies/{id_}").raise_for_status()
    with pytest.raises(GoneError, match="Unable to find"):
        run(keap.get("company", id_))
    with pytest.raises(GoneError):
        run(keap.update("company", base, {"notes": "x"}))


def test_a_refused_token_is_fatal_and_stays_out_of_the_message(tenant: Tenant, run: Run):
    """Credentials do not get better by asking again."""
    keap = KeapConnector(tenant.url, TOKEN)
    with pytest.raises(FatalError, match="credentials refused") as caught:
        run(keap.get("company", "1"))
    run(keap.close())
    assert TOKEN not in str(caught.value)


def test_a_token_with_its_line_end_is_fatal_and_stays_out_of_the_message(tenant: Tenant, run: Run):
    """The transport quotes the header it does not like; we do not."""
    keap = KeapConnector(tenant.url, TOKEN + "\n")
    with pytest.raises(FatalError, match=r"\*\*\*") as caught:
        run(keap.get("company", "1"))
    run(keap.close())
    assert TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_the_key_may_travel_in_its_own_header(tenant: Tenant, run: Run):
    """X-Keap-API-Key is the other documented way."""
    keap = KeapConnector(tenant.url, "keap-sandbox-token", header="x-keap-api-key")
    assert run(keap.page("product", since=None, cursor=None)).records == ()
    run(keap.close())


def test_throttling_is_told_apart_from_failure(tenant: Tenant, keap: KeapConnector, run: Run):
    """A 429 did nothing; Keap does not say how long to wait."""
    tenant.put("faults", throttle=1.0)
    with pytest.raises(RateLimitedError, match="Quota Exceeded") as caught:
        run(keap.create("company", {"company_name": "C"}, stamp=None, key="k"))
    assert caught.value.wait_s is None
    assert all(not entry["committed"] for entry in tenant.log())


def test_a_spent_day_names_its_end(tenant: Tenant, keap: KeapConnector, run: Run):
    """The call that finds the quota spent says when the next day begins; the next one does not even go out."""
    tenant.put("quota", per_second=100, per_minute=100, per_day=2)
    run(keap.page("product", since=None, cursor=None))
    assert keap.quota().available == 1
    run(keap.page("product", since=None, cursor=None))
    assert (keap.quota().available, keap.quota().limit) == (0, 2)
    calls = keap.calls
    with pytest.raises(RateLimitedError) as caught:
        run(keap.page("product", since=None, cursor=None))
    assert caught.value.wait_s is not None
    assert 0 < caught.value.wait_s <= 86400
    assert keap.calls == calls


def test_the_minutes_throttle_sets_the_pace(tenant: Tenant, run: Run):
    """240 a minute are four a second, less a tenth, whatever was configured."""
    tenant.put("quota", per_second=100, per_minute=240, per_day=1000)
    keap = KeapConnector(tenant.url, "keap-sandbox-token", per_second=50)
    run(keap.page("product", since=None, cursor=None))
    assert run(keap._api.pacer.rate()) == pytest.approx(3.6)
    run(keap.close())


@pytest.mark.parametrize("fault", ["error_before", "error_after", "drop_reply"])
def test_a_server_in_trouble_is_ambiguous_to_writes_and_a_retry_to_reads(tenant: Tenant, keap: KeapConnector, run: Run, fault: str):
    """A 500 does not say on which side of the commit it happened."""
    base = run(keap.create("company", {"company_name": "C"}, stamp=None, key="k"))
    tenant.put("faults", **{fault: 1.0})
    with pytest.raises(RetriableError) as read:
        run(keap.get("company", base.id))
    with pytest.raises(AmbiguousError):
        run(keap.create("company", {"company_name": "C"}, stamp=None, key="k"))
    with pytest.raises(AmbiguousError):
        run(keap.update("company", base, {"notes": "x"}))
    assert type(read.value) is RetriableError


def test_a_slow_server_times_out(tenant: Tenant, run: Run):
    """A read is repeated, a create is looked for."""
    tenant.put("faults", latency_ms=[2000, 2000], methods=["POST"])
    keap = KeapConnector(tenant.url, "keap-sandbox-token", per_second=100, timeout_s=0.2, stamp_field=None)
    with pytest.raises(AmbiguousError, match="ReadTimeout"):
        run(keap.create("product", {"name": "G", "price.amount": "1", "short_description": "g"}, stamp=None, key="k"))
    run(keap.close())


def test_nobody_there_is_a_retry(run: Run):
    """Nothing was sent, not even a create."""
    keap = KeapConnector("http://127.0.0.1:1", TOKEN, stamp_field=None)
    with pytest.raises(RetriableError, match="ConnectError") as caught:
        run(keap.create("product", {"name": "G", "short_description": "g"}, stamp=None, key="k"))
    run(keap.close())
    assert type(caught.value) is RetriableError


def test_calls_of_work_side_by_side_are_counted_apart(tenant: Tenant, keap: KeapConnector, run: Run):
    """A create is one call; a create and a read are two."""

    async def work(reads: int) -> int:
        with counted() as tally:
            record = await keap.create("company", {"company_name": "C"}, stamp=None, key="k")
            for _ in range(reads):
                await keap.get("company", record.id)
        return tally.calls

    async def beside() -> list[int]:
        await keap.create("company", {"company_name": "warm"}, stamp=None, key="k")  # learns the model
        return await asyncio.gather(*(work(reads) for reads in range(4)))

    assert run(beside()) == [1, 2, 3, 4]
