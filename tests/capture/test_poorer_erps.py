"""Polling ERPs that offer less: each capability switched off, one by one and all together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import httpx
import pytest
import structlog

from connectors.tls import authorities
from sandbox.erp.capabilities import ALL
from sandbox.erp.server import build_app
from sandbox.http.run import background
from streams.capture.sweep import sweep
from streams.patience import Patience
from tests.capture.test_on_servers import AMPLE, COUNT, make, poller_of

pytestmark = pytest.mark.anyio
POLLS = 3
ENOUGH = 12
"""Records, of which one may be gone without making a scan a short one."""


@pytest.fixture(params=[*((name,) for name in ALL), ALL], ids="+".join)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, frozenset[str]]]:
    """Run an ERP without some capabilities; yields its address and what it lacks."""
    with background(build_app()) as url:
        httpx.put(f"{url}/_sandbox/quota", json=AMPLE["erp"], verify=authorities()).raise_for_status()
        httpx.put(f"{url}/_sandbox/capabilities", json=dict.fromkeys(request.param, False), verify=authorities()).raise_for_status()
        yield url, frozenset(request.param)


def firms_of_old(url: str) -> list[str]:
    """Give the ERP customers that nobody touched for years and return their ids."""
    old = {"name": "Firm", "created_at": "2020-01-01T00:00:00Z"}
    made: list[str] = (
        httpx.post(f"{url}/_sandbox/seed", json={"customers": [old] * COUNT}, verify=authorities()).raise_for_status().json()["customers"]
    )
    return made


async def test_edits_are_published_and_nothing_else_is(server: tuple[str, frozenset[str]]) -> None:
    """Where nothing can be asked for, everything is read, and the inventory tells what is new; what is young, once more a poll at most."""
    url, lacking = server
    async with poller_of(("erp", url), "company") as (poller, sink):
        assert await sink.check() == []
        assert sink.traits("company").changes == ("scan" if "updated_since" in lacking else "since")
        made = firms_of_old(url)
        await poller.snapshot()
        edited = await sink.update("company", await sink.get("company", made[2]), {"name": "edited"})
        new = await make(sink, "company", COUNT)
        before = len(poller.changes)
        for _ in range(POLLS):
            await poller.poll(since=(poller.position.head.watermark or 0) - 120_000)
        published = Counter((change.id, change.fields["name"]) for change in poller.changes[before:])
        # A record so young that another edit could carry its time is published again when it is read again.
        assert published.keys() == {(edited.id, "edited"), (new, "Firm")}
        assert max(published.values()) <= POLLS
        assert poller.marks[0].count == COUNT


async def test_a_deletion_is_told_and_then_forgotten(server: tuple[str, frozenset[str]]) -> None:
    """By a poll where the ERP keeps a mark; elsewhere the record is just not there any more, and two sweeps and a 404 prove it."""
    url, lacking = server
    async with poller_of(("erp", url), "company") as (poller, sink):
        await sink.check()
        made, *_ = [await make(sink, "company", number) for number in range(ENOUGH)]
        await poller.snapshot()
        await sink.delete("company", await sink.get("company", made))
        await poller.poll(since=(poller.position.head.watermark or 0) - 120_000)
        deleted = [change.id for change in poller.changes if change.op == "delete"]
        assert deleted == ([] if "soft_delete" in lacking else [made])
        for _ in range(3):
            last = await sweep(poller.feed, Patience(structlog.get_logger()))
        # So young a mark without a version is not trusted: what the poll told the sweeps may tell again.
        assert {change.id for change in poller.changes if change.op == "delete"} == {made}
        assert (last.deleted, last.believed) == (0, True)
