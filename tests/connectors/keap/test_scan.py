"""Reading everything, and everything changed since: by id, so that nothing is missed while pages move."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.base import Page
from connectors.keap import KeapConnector
from connectors.times import to_ms, to_text
from schemas.flows import FLOWS, Flow
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

PHONE = {"phone_numbers": [{"field": "PHONE1", "number": "1"}]}
T0 = to_ms("2026-03-01T10:00:00.000Z")


def seed(tenant: Tenant, count: int, **times: Any) -> dict[str, list[str]]:
    """Add so many records of each kind."""
    return tenant.seed(
        companies=[{"company_name": f"C{n}", **times} for n in range(count)],
        contacts=[{**PHONE, "given_name": f"P{n}", **times} for n in range(count)],
        products=[{"name": f"G{n}", "price": n, "short_description": "g", **times} for n in range(count)],
        opportunities=[
            {"opportunity_title": f"O{n}", "contact_id": {"$ref": ["contacts", n]}, "stage_id": stage(tenant), **times}
            for n in range(count)
        ],
    )


def stage(tenant: Tenant) -> str:
    """Return the id of the first stage."""
    return tenant.show("opportunities/stages")["stages"][0]["id"]


async def pages(keap: KeapConnector, flow: Flow, since: int | None = None) -> list[Page]:
    """Read all pages."""
    read = [await keap.page(flow, since=since, cursor=None)]
    while read[-1].next is not None:
        read.append(await keap.page(flow, since=since, cursor=read[-1].next))
    return read


def ids(read: list[Page]) -> list[str]:
    """Return the ids in the order they were read."""
    return [record.id for page in read for record in page.records]


PLURAL: dict[Flow, str] = {"company": "companies", "contact": "contacts", "opportunity": "opportunities", "product": "products"}


@pytest.mark.parametrize("flow", FLOWS)
@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_a_full_scan_finds_every_record_once(tenant: Tenant, keap: KeapConnector, run: Run, flow: Flow, count: int):
    """In the order of ids, page by page, with the last page known as the last."""
    made = seed(tenant, count)
    assert ids(run(pages(keap, flow))) == made[PLURAL[flow]]


def test_a_record_deleted_between_pages_hides_no_other(tenant: Tenant, keap: KeapConnector, run: Run):
    """Pages are told apart by id, not by count."""
    made = seed(tenant, 5)["contacts"]
    first = run(keap.page("contact", since=None, cursor=None))
    tenant.http.delete(f"/rest/v2/contacts/{made[0]}").raise_for_status()
    second = run(keap.page("contact", since=None, cursor=first.next))
    assert [record.id for record in second.records] == made[2:4]


@pytest.mark.parametrize("flow", ["company", "contact"])
def test_changes_since_are_all_that_changed_at_or_after(tenant: Tenant, keap: KeapConnector, run: Run, flow: Flow):
    """The filter is inclusive; equal times are not skipped, also over several pages."""
    seed(tenant, 2, update_time=to_text(T0 - 5000))
    made = seed(tenant, 5, update_time=to_text(T0))
    assert ids(run(pages(keap, flow, since=T0))) == made[PLURAL[flow]]


def test_a_record_that_changes_while_pages_are_read_hides_no_other(tenant: Tenant, keap: KeapConnector, run: Run):
    """The place of a record in the order of ids does not depend on its time."""
    made = seed(tenant, 5, update_time=to_text(T0))["contacts"]
    first = run(keap.page("contact", since=T0, cursor=None))
    tenant.edit(f"contacts/{made[0]}", given_name="Moved")
    rest = run(keap.page("contact", since=T0, cursor=first.next))
    last = run(keap.page("contact", since=T0, cursor=rest.next))
    assert ids([first, rest, last]) == made


@pytest.mark.parametrize("flow", ["opportunity", "product"])
def test_where_there_is_no_filter_changes_come_newest_first(tenant: Tenant, keap: KeapConnector, run: Run, flow: Flow):
    """Pages end with the first that is older as a whole; a page that is older in part does not end them."""
    oldest = seed(tenant, 3, update_time=to_text(T0 - 60_000))[PLURAL[flow]]
    older = seed(tenant, 1, update_time=to_text(T0 - 30_000))[PLURAL[flow]]
    newer = seed(tenant, 3, update_time=to_text(T0))[PLURAL[flow]]
    read = run(pages(keap, flow, since=T0))
    assert ids(read) == [*reversed(newer), *older, *reversed(oldest[1:])]
    assert keap.traits(flow).changes == "newest_first"


def test_a_read_shows_whole_seconds_and_a_write_milliseconds(tenant: Tenant, keap: KeapConnector, run: Run):
    """So the two are never compared: `rounded_ms` says how far they may lie apart."""
    created = run(keap.create("company", {"company_name": "C"}, stamp=None, key="k"))
    read = run(keap.get("company", created.id))
    assert created.updated_at is not None
    assert read.updated_at is not None
    assert read.updated_at % 1000 == 0
    assert 0 <= read.updated_at - created.updated_at < keap.traits("company").rounded_ms


def test_who_changed_a_record_is_told(tenant: Tenant, keap: KeapConnector, run: Run):
    """The API's own writes and a person's can be told apart."""
    created = run(keap.create("company", {"company_name": "C"}, stamp=None, key="k"))
    tenant.edit(f"companies/{created.id}", notes="by hand")
    assert created.updated_by != run(keap.get("company", created.id)).updated_by == "person"


def test_read_at_is_the_time_before_the_request(tenant: Tenant, run: Run):
    """Slow answers are not younger than they are."""
    now = iter(range(100))
    keap = KeapConnector(tenant.url, "keap-sandbox-token", per_second=10**6, clock=lambda: float(next(now)))
    assert run(keap.page("product", since=None, cursor=None)).read_at == 0
    run(keap.close())
