"""After a lost reply: what may a create have made?"""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Record
from connectors.keap import KeapConnector
from connectors.times import to_ms, to_text
from schemas.errors import AmbiguousError
from schemas.flows import FLOWS, Fields, Flow
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant
from tests.connectors.keap.test_scan import PLURAL, seed

T0 = to_ms("2026-03-01T10:00:00.000Z")


@pytest.mark.parametrize("flow", FLOWS)
def test_only_what_was_created_since_is_found_newest_first(tenant: Tenant, keap: KeapConnector, run: Run, flow: Flow):
    """Over pages, whatever was changed since but made before left out."""
    seed(tenant, 3, create_time=to_text(T0 - 60_000))
    seed(tenant, 3, create_time=to_text(T0 - 60_000), update_time=to_text(T0 + 5000))
    made = seed(tenant, 3, create_time=to_text(T0))[PLURAL[flow]]
    found = run(keap.find_created(flow, since=T0, stamp=None, match={}))
    assert [record.id for record in found] == [*reversed(made)]


def test_a_rounded_time_hides_nothing(tenant: Tenant, keap: KeapConnector, run: Run):
    """A time may be shown up to a second away from the true one."""
    made = seed(tenant, 1, create_time=to_text(T0))["contacts"]
    assert [record.id for record in run(keap.find_created("contact", since=T0 + 999, stamp=None, match={}))] == made


def test_a_product_is_found_by_its_sku_too(tenant: Tenant, keap: KeapConnector, run: Run):
    """Once, though both ways lead to it; an older one with the sku is no result of ours."""
    product: dict[str, Any] = {"name": "G", "price": 1, "short_description": "g", "sku": "G-1"}
    times = [to_text(T0 - 60_000), to_text(T0)]
    _, new = tenant.seed(products=[{**product, "create_time": at} for at in times])["products"]
    found = run(keap.find_created("product", since=T0, stamp=None, match={"sku": "G-1"}))
    assert [record.id for record in found] == [new]


@pytest.mark.parametrize("fault", ["drop_reply", "error_after"])
def test_a_create_whose_reply_was_lost_is_found_by_its_stamp(tenant: Tenant, keap: KeapConnector, run: Run, fault: str):
    """The reply never comes, or says 500, and the record is there all the same."""
    tenant.put("faults", methods=["POST"], **{fault: 1.0})
    fields: Fields = {"company_name": "C"}

    async def lost_then_found() -> list[Record]:
        since = await now(keap)
        with pytest.raises(AmbiguousError):
            await keap.create("company", fields, stamp="link-1", key="k")
        return await keap.find_created("company", since=since, stamp="link-1", match={})

    (found,) = run(lost_then_found())
    assert found.fields["custom_fields.keapsync id"] == "link-1"


async def now(keap: KeapConnector) -> int:
    """Return the time of a call."""
    return (await keap.page("company", since=None, cursor=None)).read_at
