"""Full scans: what they find, what they believe, what proves a deletion."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace

import pytest
import structlog

from connectors.base import Page
from schemas.errors import RejectedError
from schemas.flows import Flow
from schemas.records import Control
from streams.capture.fingerprint import MISSED
from streams.capture.operator import carry_out
from streams.capture.sweep import Swept, sweep
from streams.patience import Patience
from tests.capture.conftest import Poller
from tests.fakes.side import FakeSide

pytestmark = pytest.mark.anyio
OLD = 1_000
COUNT = 20


@dataclass
class Forgetful(FakeSide):
    """Its lists leave records out that are still there."""

    hidden: Collection[str] = field(default_factory=set)

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """List what is not hidden."""
        page = await super().page(flow, since=since, cursor=cursor)
        return replace(page, records=tuple(record for record in page.records if record.id not in self.hidden))


@pytest.fixture
async def poller() -> Poller:
    """Know twenty contacts."""
    poller = Poller(Forgetful("keap", page_size=5))
    for number in range(COUNT):
        poller.side.put("contact", {"given_name": f"n{number}"}, id_=f"{number:03}", updated_at=OLD, created_at=OLD)
    await poller.snapshot()
    return poller


async def swept(poller: Poller) -> Swept:
    """Sweep once, after a restart: nothing that counts is only remembered."""
    poller.restart()
    return await sweep(poller.feed, Patience(structlog.get_logger()))


def hide(poller: Poller, ids: Collection[str]) -> None:
    """Let lists leave records out."""
    assert isinstance(poller.source, Forgetful)
    poller.source.hidden = ids


def news(poller: Poller) -> list[tuple[str, str, str]]:
    """Return what was published since the snapshot."""
    return [(change.op, change.id, change.capture) for change in poller.changes[COUNT:]]


async def decide(poller: Poller, op: str, **args: str) -> None:
    """Let an operator decide."""
    poller.restart()
    await carry_out(Control("c", "main", op, args, "ann", 0), [poller.feed])  # type: ignore[arg-type]


async def test_a_change_that_moved_no_time_is_found(poller: Poller) -> None:
    """Polls never see it."""
    poller.side.put("contact", {"given_name": "silent"}, id_="007", updated_at=OLD)
    assert await poller.poll(since=OLD + 1) == 0
    assert await swept(poller) == Swept(published=1, deleted=0, believed=True)
    assert news(poller) == [("upsert", "007", "sweep")]
    assert [mark.kind for mark in poller.marks] == ["snapshot", "sweep"]


async def test_two_misses_and_a_404_are_a_deletion(poller: Poller) -> None:
    """One miss is none; afterwards the id is forgotten."""
    del poller.side.records["contact"]["007"]
    assert (await swept(poller)).deleted == 0
    assert news(poller) == []
    assert (await swept(poller)).deleted == 1
    assert news(poller) == [("delete", "007", "reread")]
    assert "007" not in poller.position.inventory
    assert (await swept(poller)) == Swept(0, 0, believed=True)


async def test_a_record_that_lists_leave_out_is_not_deleted(poller: Poller) -> None:
    """It answers when it is asked for by its id."""
    hide(poller, {"007"})
    for _ in range(4):
        await swept(poller)
    assert {op for op, _, _ in news(poller)} <= {"upsert"}


async def test_a_miss_between_two_showings_counts_for_nothing(poller: Poller) -> None:
    """The two have to follow each other."""
    for hidden in ({"007"}, set(), {"007"}, set()):
        hide(poller, hidden)
        await swept(poller)
    assert poller.side.count("get") == 0
    assert poller.position.inventory.get("007") != MISSED


async def test_a_refusal_by_id_is_no_proof(poller: Poller) -> None:
    """The next sweep asks again."""
    del poller.side.records["contact"]["007"]
    await swept(poller)
    poller.side.fail("get", RejectedError("no right to read it", 403))
    assert (await swept(poller)).deleted == 0
    assert (await swept(poller)).deleted == 1


@pytest.mark.parametrize("shown", [0, COUNT // 2, COUNT - 3])
async def test_a_short_scan_deletes_nothing_and_raises_an_alarm(poller: Poller, shown: int) -> None:
    """However often it comes, and although each missing record answers 404."""
    for id_ in sorted(poller.side.records["contact"])[shown:]:
        del poller.side.records["contact"][id_]
    for _ in range(3):
        assert not (await swept(poller)).believed
    assert news(poller) == []
    assert poller.side.count("get") == 0
    poller.restart()
    survey = poller.position.survey
    assert (survey.known, survey.found) == (COUNT, shown)
    assert survey.alarm_at is not None
    assert [mark.kind for mark in poller.marks] == ["snapshot"]


async def test_an_error_page_deletes_nothing_and_raises_an_alarm(poller: Poller) -> None:
    """What the pages before it did not show says nothing; taking it for the truth only has it tried again."""
    del poller.side.records["contact"]["000"]
    for _ in range(3):
        poller.side.fail("page", None, RejectedError("the filter is unknown", 400))
        with pytest.raises(RejectedError):
            await swept(poller)
    assert news(poller) == []
    alarm = poller.position.survey
    assert (alarm.known, alarm.alarm_at is None, alarm.swept_at) == (COUNT, False, None)
    assert "the filter is unknown" in (alarm.refused or "")
    await decide(poller, "commit")
    assert (poller.position.survey.alarm_at, poller.position.survey.accepted) == (None, None)
    assert (await swept(poller)).deleted == 0
    assert poller.position.survey.refused is None


async def test_an_alarm_ends_when_a_scan_is_whole_again(poller: Poller) -> None:
    """Nobody has to say so."""
    hide(poller, [f"{number:03}" for number in range(10)])
    await swept(poller)
    hide(poller, ())
    await swept(poller)
    assert poller.position.survey.alarm_at is None
    assert news(poller) == []


async def test_a_flow_can_be_published_again_whole(poller: Poller) -> None:
    """Rows that count since then are in no change so far; a crash before the sweep ends forgets nothing, deleted records stay away."""
    await decide(poller, "sweep", flow="contact", again="true")
    assert poller.feed.sweep_now.is_set()
    assert await swept(poller) == Swept(published=COUNT, deleted=0, believed=True)
    assert (await swept(poller)).published == 0


async def test_a_sweep_on_request_publishes_what_is_news(poller: Poller) -> None:
    """Nothing, here."""
    await decide(poller, "sweep", flow="contact")
    assert (await swept(poller)).published == 0


async def test_an_operator_commits_a_short_scan(poller: Poller) -> None:
    """Each record is still missed twice and asked for; then the rule holds again."""
    for id_ in sorted(poller.side.records["contact"])[10:]:
        del poller.side.records["contact"][id_]
    await swept(poller)
    await decide(poller, "commit", side="keap", flow="contact")
    assert poller.feed.sweep_now.is_set()
    assert (await swept(poller)).deleted == 0
    assert (await swept(poller)).deleted == 10
    await swept(poller)
    assert (poller.position.survey.accepted, poller.position.survey.alarm_at) == (None, None)
    poller.side.records["contact"].clear()
    assert not (await swept(poller)).believed


async def test_a_commit_ends_when_the_records_turn_out_to_live(poller: Poller) -> None:
    """Lists hide them; the next such scan is an alarm again, not a sweep that comes again and again."""
    hide(poller, [f"{number:03}" for number in range(10)])
    await swept(poller)
    await decide(poller, "commit")
    for _ in range(2):
        assert (await swept(poller)).deleted == 0
    assert poller.position.survey.accepted is None
    assert not (await swept(poller)).believed


async def test_what_was_committed_covers_no_shorter_scan(poller: Poller) -> None:
    """An operator looked at that many."""
    hide(poller, [f"{number:03}" for number in range(10)])
    await swept(poller)
    await decide(poller, "commit")
    hide(poller, poller.side.records["contact"].keys())
    assert not (await swept(poller)).believed


async def test_an_operator_discards_a_short_scan(poller: Poller) -> None:
    """It is forgotten; one of another flow is not touched."""
    hide(poller, [f"{number:03}" for number in range(10)])
    await swept(poller)
    await decide(poller, "discard", flow="company")
    assert poller.position.survey.alarm_at is not None
    await decide(poller, "discard", flow="contact")
    poller.restart()
    assert (poller.position.survey.alarm_at, poller.position.survey.accepted) == (None, None)


async def test_a_record_that_shows_itself_as_deleted_is_not_missed() -> None:
    """An ERP's scans leave those out."""
    poller = Poller(Forgetful("erp", versions=True))
    for number in range(3):
        poller.side.put("contact", {"first_name": "Ann"}, id_=str(number))
    await poller.snapshot()
    poller.side.put("contact", {}, id_="0", deleted=True)
    await poller.poll()
    hide(poller, {"0"})
    for _ in range(3):
        assert (await swept(poller)).believed
    assert [change.op for change in poller.changes].count("delete") == 1
