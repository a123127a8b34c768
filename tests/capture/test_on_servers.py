"""Polling the Keap simulator and the reference ERP through their connectors."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from connectors.base import Sink
from connectors.erp import ErpConnector
from connectors.keap import KeapConnector
from sandbox.erp.server import DEFAULT_TOKEN as ERP_TOKEN
from sandbox.erp.server import build_app as build_erp
from sandbox.http.run import background
from sandbox.keap.server import DEFAULT_TOKEN as KEAP_TOKEN
from sandbox.keap.server import build_app as build_keap
from schemas.flows import FLOWS, Fields, Flow, Side
from tests.capture.conftest import Poller

pytestmark = pytest.mark.anyio
PAGE = 2
COUNT = 5
AMPLE = {"keap": {"per_second": 10**6, "per_minute": 10**7, "per_day": 10**7}, "erp": {"per_minute": 10**7}}

MADE: dict[Side, dict[Flow, Fields]] = {
    "keap": {
        "company": {"company_name": "Firm"},
        "contact": {"given_name": "Ann", "email_addresses.EMAIL1.email": "ann@example.com"},
        "opportunity": {"opportunity_title": "Deal", "stage.name": "Proposal"},
        "product": {"name": "Bolt", "price.amount": "12.50", "short_description": "Bolt"},
    },
    "erp": {
        "company": {"name": "Firm"},
        "contact": {"first_name": "Ann", "last_name": "Lee"},
        "opportunity": {"title": "Deal"},
        "product": {"name": "Bolt"},
    },
}
PARENT: dict[Side, str] = {"keap": "contact.id", "erp": "contact_id"}


@pytest.fixture(scope="module", params=["keap", "erp"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Side, str]]:
    """Run one of the two servers."""
    app = build_keap() if request.param == "keap" else build_erp()
    with background(app) as url:
        httpx.put(f"{url}/_sandbox/quota", json=AMPLE[request.param]).raise_for_status()
        yield request.param, url


@asynccontextmanager
async def poller_of(server: tuple[Side, str], flow: Flow) -> AsyncIterator[tuple[Poller, Sink]]:
    """Poll one flow of a server, two records a page."""
    side, url = server
    options: dict[str, Any] = {"per_second": 10**6, "page_size": PAGE}
    sink: Sink = KeapConnector(url, KEAP_TOKEN, **options) if side == "keap" else ErpConnector(url, ERP_TOKEN, **options)
    poller = Poller(sink, flow)
    try:
        yield poller, sink
    finally:
        await sink.close()


async def make(sink: Sink, flow: Flow, number: int) -> str:
    """Create a record of a flow and return its id."""
    fields = dict(MADE[sink.side][flow])
    if flow == "opportunity":
        fields[PARENT[sink.side]] = await make(sink, "contact", number)
    return (await sink.create(flow, fields, stamp=None, key=f"{flow}-{number}-{id(fields)}")).id


@pytest.mark.parametrize("flow", FLOWS)
async def test_a_snapshot_shows_every_record_and_a_poll_every_edit(server: tuple[Side, str], flow: Flow) -> None:
    """By whatever way the API can be asked for changes."""
    async with poller_of(server, flow) as (poller, sink):
        made = {await make(sink, flow, number) for number in range(COUNT)}
        await poller.snapshot()
        assert made <= {change.id for change in poller.changes}
        assert poller.marks[0].count == len({change.id for change in poller.changes})
        edited = sorted(made)[COUNT // 2]
        name = next(iter(MADE[sink.side][flow]))
        await sink.update(flow, await sink.get(flow, edited), {name: "edited"})
        new = await make(sink, flow, COUNT)
        before = len(poller.changes)
        await poller.poll(since=(poller.position.head.watermark or 0) - 120_000)
        published = {change.id: change.fields.get(name) for change in poller.changes[before:]}
        assert published[edited] == "edited"
        assert new in published


async def test_a_deletion_that_the_erp_shows_is_published(server: tuple[Side, str]) -> None:
    """Once; Keap shows none."""
    if server[0] == "keap":
        pytest.skip("Keap's lists leave deleted records out")
    async with poller_of(server, "company") as (poller, sink):
        made = await make(sink, "company", 100)
        await poller.snapshot()
        await sink.delete("company", await sink.get("company", made))
        for _ in range(3):
            await poller.poll(since=(poller.position.head.watermark or 0) - 120_000)
        assert [change.op for change in poller.changes if change.id == made].count("delete") == 1
