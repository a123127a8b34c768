"""Runs over one flow: what is published, what is remembered, what a crash leaves."""

from __future__ import annotations

import pytest

from schemas.errors import FatalError, RateLimitedError, RejectedError
from schemas.flows import Flow
from schemas.records import Cursor
from streams.capture.plan import Run
from streams.capture.watermark import DISTRUST_MS
from streams.clock import now_ms
from streams.topics import CHANGES, CURSORS
from tests.capture.conftest import Poller
from tests.fakes.side import FakeSide

pytestmark = pytest.mark.anyio
OLD = 1_000


@pytest.fixture
def poller() -> Poller:
    """Poll contacts of a side that can filter by time, three a page."""
    return Poller(FakeSide("keap"))


def fill(poller: Poller, count: int, at: int = OLD) -> None:
    """Give the side records that changed long ago."""
    for number in range(count):
        poller.side.put(poller.flow, {"given_name": f"n{number}"}, id_=f"{number:03}", updated_at=at, created_at=at)


async def test_a_snapshot_publishes_every_record_and_then_its_mark(poller: Poller) -> None:
    """Behind the last record, once, with the count."""
    fill(poller, 7)
    assert await poller.snapshot() == 7
    messages = poller.broker.records(CHANGES, object)
    assert [change.id for change in poller.changes] == [f"{number:03}" for number in range(7)]
    assert messages[-1] == poller.marks[0]
    assert (poller.marks[0].kind, poller.marks[0].count, len(poller.marks)) == ("snapshot", 7, 1)


async def test_an_empty_side_has_a_snapshot_too(poller: Poller) -> None:
    """Creates on the other side wait for its mark."""
    await poller.snapshot()
    assert [mark.count for mark in poller.marks] == [0]
    assert poller.position.head.snapshot_at is not None


@pytest.mark.parametrize("crash_at", [1, 2, 3])
async def test_a_crash_within_a_snapshot_repeats_no_change_and_gives_one_mark(poller: Poller, crash_at: int) -> None:
    """The inventory knows what was published before the crash."""
    fill(poller, 7)
    poller.broker.crash_at = crash_at
    with pytest.raises(FatalError):
        await poller.snapshot()
    assert poller.marks == []
    poller.restart()
    assert poller.position.head.snapshot_at is None
    await poller.snapshot()
    assert sorted(change.id for change in poller.changes) == [f"{number:03}" for number in range(7)]
    assert [mark.count for mark in poller.marks] == [7]


async def test_a_change_and_what_is_remembered_of_it_are_one_transaction(poller: Poller) -> None:
    """No crash can part them."""
    fill(poller, 7)
    await poller.snapshot()
    for transaction in poller.broker.transactions:
        assert {message.topic for message in transaction} == {CHANGES, CURSORS}


async def test_what_did_not_change_is_not_published_again(poller: Poller) -> None:
    """Also not by a successor."""
    fill(poller, 4)
    await poller.snapshot()
    poller.restart()
    assert await poller.poll() == 0
    poller.side.put("contact", {"given_name": "new"}, id_="002")
    assert await poller.poll() == 1
    assert poller.changes[-1].fields == {"given_name": "new"}


async def test_a_young_change_is_published_until_it_can_be_trusted() -> None:
    """An edit back within the same second would look the same."""
    poller = Poller(FakeSide("keap"), lag_ms=60_000)
    poller.side.put("contact", {"given_name": "Ann"}, id_="1")
    await poller.snapshot()
    assert await poller.poll() == 1
    poller.side.put("contact", {}, id_="1", updated_at=now_ms() - 61_000)
    assert await poller.poll() == 1
    assert await poller.poll() == 0


async def test_a_deleted_record_is_one_delete() -> None:
    """However often the overlap shows it."""
    poller = Poller(FakeSide("erp", versions=True))
    poller.side.put("contact", {"first_name": "Ann"}, id_="1")
    await poller.snapshot()
    poller.side.put("contact", {}, id_="1", deleted=True)
    for _ in range(3):
        await poller.poll()
    assert [(change.op, change.fields) for change in poller.changes] == [("upsert", {"first_name": "Ann"}), ("delete", {})]


async def test_newest_first_ends_at_the_first_page_that_is_older_as_a_whole() -> None:
    """A newer record behind an older one is still found."""
    poller = Poller(FakeSide("keap", changes="newest_first"), "opportunity")
    fill(poller, 12)
    await poller.snapshot()
    poller.side.log.clear()
    for number in range(4):
        poller.side.put("opportunity", {"opportunity_title": "new"}, id_=f"{number:03}", updated_at=OLD + 500)
    assert await poller.poll(since=OLD + 500) == 4
    assert poller.side.count("page") == 3


async def test_a_failed_run_does_not_move_the_watermark(poller: Poller) -> None:
    """What it did publish stays published."""
    fill(poller, 3)
    await poller.snapshot()
    before = poller.position.head
    fill(poller, 9, at=OLD + 1)
    poller.side.fail("page", None, None, RejectedError("the token expired", 400))
    with pytest.raises(RejectedError):
        await poller.poll()
    assert poller.position.head == before
    assert await poller.poll() == 3
    assert poller.position.head != before


async def test_passing_faults_are_waited_out_page_by_page(poller: Poller) -> None:
    """The pages before are not read again."""
    fill(poller, 7)
    poller.side.fail("page", None, RateLimitedError("slow down"), RateLimitedError("slow down"))
    assert await poller.snapshot() == 7
    assert poller.side.count("page") == 5


async def test_the_head_carries_what_is_left_of_the_quota(poller: Poller) -> None:
    """`status` shows it."""
    await poller.snapshot()
    head = poller.broker.records(CURSORS, Cursor)[-1]
    assert (head.chunk, head.quota_left) == (0, 999)
    assert head.polled_at is not None


async def test_a_quick_poll_leaves_the_stored_watermark_alone(poller: Poller) -> None:
    """The proof that nothing is lost is the full polls'."""
    await poller.snapshot()
    before = poller.position.head
    poller.side.put("contact", {"given_name": "Ann"}, id_="1")
    assert await poller.scan(Run("quick", 0)) == 1
    assert (poller.position.head.watermark, poller.position.head.snapshot_at) == (before.watermark, before.snapshot_at)
    poller.restart()
    assert poller.position.head.watermark == before.watermark


async def test_a_run_counts_from_its_start(poller: Poller) -> None:
    """What changes while pages are read belongs to the next one."""
    fill(poller, 7)
    ticks = iter(range(9_000_000, 10_000_000, 1_000))
    poller.side.clock = lambda: next(ticks)
    await poller.snapshot()
    assert [change.read_at for change in poller.changes[::3]] == [9_000_000, 9_001_000, 9_002_000]
    assert poller.marks[0].started_at == poller.position.head.snapshot_at == poller.position.full_at == 9_000_000
    assert poller.position.head.watermark == 9_000_000 - DISTRUST_MS


async def test_the_clocks_say_what_a_run_knows(poller: Poller) -> None:
    """The time of reading is the one before the request."""
    before = now_ms()
    poller.side.put("contact", {"given_name": "Ann"}, id_="1")
    await poller.snapshot()
    assert before <= poller.changes[0].read_at <= now_ms()


@pytest.mark.parametrize("flow", ["company", "contact", "opportunity", "product"])
async def test_every_flow_is_named_as_its_side_names_it(flow: Flow) -> None:
    """An ERP customer is a company to the core."""
    poller = Poller(FakeSide("erp"), flow)
    fill(poller, 1)
    await poller.snapshot()
    assert poller.changes[0].flow == flow
    assert poller.marks[0].entity == poller.changes[0].entity


async def test_a_page_that_names_itself_as_the_next_one_ends_the_run(poller: Poller) -> None:
    """Instead of reading it for ever."""
    fill(poller, 7)
    poller.side.page_size = 0
    with pytest.raises(RejectedError, match="names itself"):
        await poller.snapshot()
