"""Change detection where the API has no filter: opportunities of a tenant with ten thousand of them."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from connectors.keap import KeapConnector
from sandbox.http.run import background
from sandbox.keap.server import DEFAULT_TOKEN, build_app
from tests.capture.conftest import Poller

pytestmark = pytest.mark.anyio
COUNT = 10_000
AMPLE = {"per_second": 10**6, "per_minute": 10**7, "per_day": 10**7}
LONG_AGO = "2026-01-01T00:00:00.000Z"
REST = "/rest/v2/opportunities"


@pytest.fixture
def keap() -> Iterator[httpx.Client]:
    """A tenant with ten thousand opportunities that nobody has touched for long."""
    with background(build_app()) as url, httpx.Client(base_url=url, headers={"authorization": f"Bearer {DEFAULT_TOKEN}"}) as client:
        client.put("/_sandbox/quota", json=AMPLE).raise_for_status()
        contact = {"given_name": "Ann", "email_addresses": [{"email": "ann@example.com", "field": "EMAIL1"}]}
        deal = {"contact_id": {"$ref": ["contacts", 0]}, "stage_id": "1", "create_time": LONG_AGO, "update_time": LONG_AGO}
        deals = [{"opportunity_title": f"Deal {number}", **deal} for number in range(COUNT)]
        client.post("/_sandbox/seed", json={"contacts": [contact], "opportunities": deals}, timeout=60).raise_for_status()
        yield client


def touch(keap: httpx.Client, ids: set[str]) -> None:
    """Change opportunities."""
    for record_id in ids:
        keap.patch(f"{REST}/{record_id}", json={"opportunity_title": "changed"}).raise_for_status()


@pytest.mark.parametrize("page_size", [200, 1000])
async def test_three_changes_among_ten_thousand_take_two_pages(keap: httpx.Client, page_size: int) -> None:
    """In the cycle that finds them, and in each one after it."""
    changed = {"17", "4711", str(COUNT)}
    source = KeapConnector(str(keap.base_url), DEFAULT_TOKEN, per_second=10**6, page_size=page_size)
    try:
        poller = Poller(source, "opportunity")
        await poller.snapshot()
        assert len(poller.position.inventory) == COUNT
        touch(keap, changed)
        for _ in range(3):
            before = source.calls
            await poller.poll(since=(poller.position.head.watermark or 0) - 120_000)
            assert source.calls - before <= 2
        assert {change.id for change in poller.changes[COUNT:]} == changed
    finally:
        await source.close()
