"""A side whose clock is wrong: nothing is missed, nothing is trusted too early."""

from __future__ import annotations

from dataclasses import dataclass, replace

import httpx
import pytest

from connectors.base import Page
from connectors.erp import ErpConnector
from sandbox.erp.server import DEFAULT_TOKEN, build_app
from sandbox.http.run import background
from schemas.flows import Flow
from streams.capture.plan import next_run
from streams.clock import now_ms
from tests.capture.conftest import Poller
from tests.fakes.side import FakeSide

pytestmark = pytest.mark.anyio
BEHIND_MS = -20 * 60_000
"""More than the overlap and what an unmeasured clock is distrusted by, together."""


@dataclass
class WrongClock(FakeSide):
    """A side that stamps by a clock of its own; requests still go out by ours."""

    ahead_ms: int = 0
    measured: bool = True

    def __post_init__(self) -> None:
        """Set the clock."""
        self.clock = lambda: now_ms() + self.ahead_ms

    def skew_ms(self) -> int:
        """Say what its Date headers say."""
        return self.ahead_ms if self.measured else 0

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """List; the request went out by our clock."""
        return replace(await super().page(flow, since=since, cursor=cursor), read_at=now_ms())


@pytest.mark.parametrize(("measured", "published"), [(True, 1), (False, 0)])
async def test_what_changes_on_a_side_that_is_behind_is_read(*, measured: bool, published: int) -> None:
    """Its watermark is by its own clock; by ours it would lie in its future, and everything before it would be missed."""
    poller = Poller(WrongClock(ahead_ms=BEHIND_MS, measured=measured))
    await poller.snapshot()
    poller.side.put("contact", {"given_name": "Ada"})
    position = poller.position
    run = next_run(position.head, recent=position.recent, full_at=position.full_at, now=now_ms(), delays=poller.feed.delays)
    assert await poller.scan(run) == published


@pytest.mark.parametrize("ahead_ms", [BEHIND_MS, 0, -BEHIND_MS])
async def test_each_change_says_by_how_much_its_clock_is_off(ahead_ms: int) -> None:
    """The times stay the side's own."""
    poller = Poller(WrongClock(ahead_ms=ahead_ms))
    made = poller.side.put("contact", {"given_name": "Ada"})
    await poller.snapshot()
    (change,) = poller.changes
    assert (change.skew_ms, change.updated_at) == (ahead_ms, made.updated_at)
    assert abs(change.edited_at - now_ms()) < 60_000
    assert poller.position.head.skew_ms == ahead_ms


async def test_a_young_record_of_a_side_that_is_behind_is_not_trusted_yet() -> None:
    """Twenty minutes old by its stamp, just made by its own clock: an older state may still show, so it is published again."""
    poller = Poller(WrongClock(ahead_ms=BEHIND_MS), lag_ms=10_000)
    poller.side.put("contact", {"given_name": "Ada"})
    await poller.snapshot()
    assert await poller.poll() == 1


async def test_an_erp_five_minutes_ahead_is_measured_and_its_edits_take_their_place_in_our_time() -> None:
    """On the reference ERP over HTTP, its clock switched."""
    with background(build_app()) as url:
        httpx.put(f"{url}/_sandbox/clock", json={"ahead_ms": 300_000}).raise_for_status()  # noqa: ASYNC210 - before all else
        connector = ErpConnector(url, DEFAULT_TOKEN, per_second=10**6)
        assert await connector.check() == []
        made = await connector.create("company", {"name": "A"}, stamp=None, key="k")
        poller = Poller(connector, "company")
        await poller.snapshot()
        await connector.close()
    (change,) = poller.changes
    assert change.updated_at == made.updated_at
    assert abs(change.skew_ms - 300_000) <= 1_500
    assert abs(change.edited_at - now_ms()) < 60_000
