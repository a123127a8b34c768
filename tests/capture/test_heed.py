"""Following hints: the record is read, never the hook believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
import structlog

from streams.capture.heed import MANY, heed
from streams.capture.hints import Hints
from streams.clock import now_ms
from streams.patience import Patience
from tests.capture.conftest import Poller
from tests.fakes.side import FakeSide

pytestmark = pytest.mark.anyio


@pytest.fixture
async def poller() -> Poller:
    """Know a contact, and hear its hooks."""
    poller = Poller(FakeSide("keap"))
    poller.side.put("contact", {"given_name": "Ann"}, id_="1", updated_at=1_000, created_at=1_000)
    await poller.snapshot()
    poller.feed = replace(poller.feed, hints=Hints(lag_ms=50))
    return poller


async def heard(poller: Poller, *ids: str) -> int:
    """Let hooks speak of records, all at one moment, and follow them."""
    hints, at = poller.feed.hints, now_ms()
    assert hints is not None
    for record_id in ids:
        hints.announce(record_id, at)
    return await heed(poller.feed, hints, Patience(structlog.get_logger()))


async def test_an_edit_is_read_after_the_lag_and_published(poller: Poller) -> None:
    """Not before: a replica might show the state that was."""
    poller.side.put("contact", {"given_name": "Bea"}, id_="1", updated_at=2_000)
    before = now_ms()
    assert await heard(poller, "1", "1") == 1
    change = poller.changes[-1]
    assert (change.op, change.capture, change.fields) == ("upsert", "hook", {"given_name": "Bea"})
    assert change.read_at >= before + 50
    assert poller.position.survey.hinted == 1
    assert await poller.poll() == 0


async def test_a_hook_about_nothing_new_publishes_nothing(poller: Poller) -> None:
    """Our own writes are announced too."""
    assert await heard(poller, "1", "unknown") == 0
    assert len(poller.changes) == 1


async def test_a_record_that_is_gone_is_a_deletion(poller: Poller) -> None:
    """Whatever event the hook named."""
    del poller.side.records["contact"]["1"]
    assert await heard(poller, "1") == 1
    assert [(change.op, change.capture) for change in poller.changes] == [("upsert", "poll"), ("delete", "hook")]


async def test_many_hints_are_one_poll(poller: Poller) -> None:
    """Reading them one by one would cost more calls than the pages."""
    assert await heard(poller, *(str(number) for number in range(MANY + 1))) == 0
    assert poller.feed.poll_now.is_set()
    assert poller.side.count("get") == 0


async def test_changes_that_no_hook_announced_are_told_apart(poller: Poller) -> None:
    """By polls; what a second look shows again is no news, and a snapshot misses nothing."""
    hints = poller.feed.hints
    assert hints is not None
    late = now_ms() + hints.grace_ms + 60_000
    assert hints.missed(late) == 0
    poller.side.put("contact", {"given_name": "Bea"}, id_="1")
    await poller.poll()
    await poller.poll()
    assert hints.missed(late) == 1
