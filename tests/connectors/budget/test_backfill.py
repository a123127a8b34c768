"""Live before bulk: a backfill takes what nobody else needs."""

from __future__ import annotations

import asyncio
from pathlib import Path

from connectors.budget import Priority, on_errand
from connectors.budget.books import SharedBooks
from connectors.http import Api
from sandbox.keap.quota import Limits
from schemas.errors import RateLimitedError
from tests.connectors.budget.keap import Keap
from tests.connectors.budget.virtual import MIDNIGHT, now
from tests.connectors.conftest import Run

SLOTS = 32
"""Commands of the first run in flight per connection and side, as the core keeps them."""


async def backfill(api: Api, creates: int) -> None:
    """Create records, so many at a time; a day that leaves nothing is waited for."""
    left = iter(range(creates))

    async def lane() -> None:
        with on_errand(Priority.BULK):
            for _ in left:
                while True:
                    try:
                        await api.call("POST", "contacts", body={})
                    except RateLimitedError as error:
                        await asyncio.sleep(min(error.wait_s or 1, 60))
                    else:
                        break

    await asyncio.gather(*(lane() for _ in range(SLOTS)))


async def edits(api: Api, every_s: float, until: asyncio.Event) -> list[float]:
    """Write a live edit now and then, a read and a patch; return how long each took (seconds)."""
    took = []
    with on_errand(Priority.LIVE):
        while not until.is_set():
            begun = now()
            await api.call("GET", "contacts/1")
            await api.call("PATCH", "contacts/1", body={})
            took.append(now() - begun)
            await asyncio.sleep(every_s)
    return took


async def polls(api: Api, every_s: float, until: asyncio.Event) -> list[float]:
    """Read, as capture does; return how long each took (seconds)."""
    took = []
    while not until.is_set():
        begun = now()
        await api.call("GET", "contacts")
        took.append(now() - begun)
        await asyncio.sleep(every_s)
    return took


async def day(keap: Keap, books: Path, creates: int, every_s: float) -> tuple[list[float], list[float]]:
    """Backfill in one process, read in another, edit in a third."""
    apis = [keap.api(SharedBooks(books)) for _ in range(3)]
    done = asyncio.Event()
    beside = asyncio.gather(edits(apis[0], every_s, done), polls(apis[1], every_s, done))
    await backfill(apis[2], creates)
    done.set()
    live, read = await beside
    for api in apis:
        await api.close()
    return live, read


def test_a_backfill_of_5000_creates_leaves_a_live_edit_a_second(virtual: Run, tmp_path: Path):
    """At Keap's documented limits, paced at four a second, from three processes: edits and polls hardly notice."""
    keap = Keap()
    live, read = virtual(day(keap, tmp_path / "keap.json", 5000, every_s=20))
    assert len(live) > 40
    assert max(live) < 3
    assert max(read) < 3
    assert keap.refused == 0
    assert keap.arrivals[-1] - keap.arrivals[0] < len(keap.arrivals) / 4 * 1.3


def test_a_backfill_larger_than_the_day_leaves_the_reserve(virtual: Run, tmp_path: Path):
    """It stops at the last tenth of the day's quota and goes on at 00:00 UTC; edits and polls go on all day."""
    keap = Keap(Limits(per_day=2000))
    live, read = virtual(day(keap, tmp_path / "keap.json", 2000, every_s=3600))
    assert max(live) < 3
    assert max(read) < 3
    assert len(live) >= 24
    assert keap.refused == 0
    assert keap.arrivals[-1] > MIDNIGHT + 86_400
