"""Creates: one record, whatever is lost."""

from __future__ import annotations

import asyncio
import time

import pytest

from schemas.codec import encode
from schemas.errors import AmbiguousError, RateLimitedError, RetriableError
from streams.clock import now_ms
from tests.engine.polling import until
from tests.write.conftest import Bench, FakeContext, a_create, outcomes_of

pytestmark = pytest.mark.anyio
LONG_MS = 3_600_000


async def test_a_first_create_takes_one_call(keap: Bench) -> None:
    """Nothing is looked up that cannot be there."""
    outcome = await keap.give(a_create())
    assert (outcome.status, outcome.calls) == ("applied", 1)
    assert keap.side.records["contact"][outcome.id or ""].fields == {"given_name": "Ann", "stamp": "L1"}


@pytest.mark.parametrize("side", ["keap", "erp"])
async def test_a_lost_reply_makes_no_second_record(side: str, request: pytest.FixtureRequest) -> None:
    """By look-up where there is no key, by the key where there is one."""
    bench: Bench = request.getfixturevalue(side)
    bench.side.lose("create")
    outcome = await bench.give(a_create(side=side))
    assert outcome.status == ("found" if side == "keap" else "applied")
    assert list(bench.side.records["contact"]) == [outcome.id]


async def test_a_lost_request_is_sent_again(keap: Bench) -> None:
    """The look-up finds nothing, so nothing was made."""
    keap.side.fail("create", AmbiguousError("no answer"))
    outcome = await keap.give(a_create())
    assert (outcome.status, keap.side.count("find_created"), keap.side.count("create")) == ("applied", 1, 2)
    assert len(keap.side.records["contact"]) == 1


async def test_a_refused_rate_is_no_reason_to_look(keap: Bench) -> None:
    """Nothing happened there."""
    keap.side.fail("create", RateLimitedError("slow down"), RetriableError("not reached"))
    outcome = await keap.give(a_create())
    assert (outcome.status, keap.side.count("find_created")) == ("applied", 0)


async def test_a_redelivered_create_looks_first(keap: Bench) -> None:
    """A predecessor may have sent it: its offset lies below the end seen at assignment."""
    command = a_create()
    made = keap.side.put("contact", {**command.fields, "stamp": "L1"})
    outcome = await keap.give(command, FakeContext(end_offset_at_assignment=1_000))
    assert (outcome.status, outcome.id, keap.side.count("create")) == ("found", made.id, 0)


@pytest.mark.parametrize("how", ["repeat", "attempt"])
async def test_a_create_sent_again_looks_first(keap: Bench, how: str) -> None:
    """On an operator's word, or after this worker broke an attempt off."""
    command = a_create(repeat=how == "repeat")
    keap.side.put("contact", {**command.fields, "stamp": "L1"})
    outcome = await keap.give(command, FakeContext(attempt=int(how == "attempt")))
    assert (outcome.status, keap.side.count("create")) == ("found", 0)


async def test_a_late_request_is_given_time_to_land(keap: Bench) -> None:
    """The predecessor's request arrives after the successor took over, within the time-out."""
    command = a_create()

    async def land() -> None:
        await asyncio.sleep(0.005)
        keap.side.put("contact", {**command.fields, "stamp": "L1"})

    late = asyncio.create_task(land())
    outcome = await keap.give(command, FakeContext(end_offset_at_assignment=1_000))
    await late
    assert (outcome.status, len(keap.side.records["contact"])) == ("found", 1)


async def test_waiting_for_a_lost_create_ends_at_once_on_shutdown(keap: Bench) -> None:
    """The command comes again, to this worker or the next."""
    keap.writer._accounts["main"].timeout_ms = LONG_MS
    keap.side.lose("create")
    context = FakeContext()
    handling = asyncio.create_task(keap.handle(keap.record(encode(a_create())), context))
    await until(lambda: keap.side.count("create"))
    context.stopped.set()
    assert await asyncio.wait_for(handling, 5) is None


async def test_a_taken_stamp_names_the_record(erp: Bench) -> None:
    """All our state was lost, keys included; the record is there."""
    made = erp.side.put("contact", {"given_name": "Anna", "stamp": "L1"})
    outcome = await erp.give(a_create(side="erp"))
    assert (outcome.status, outcome.id, outcome.record) == ("found", made.id, {"given_name": "Anna", "stamp": "L1"})


async def test_a_taken_stamp_on_a_deleted_record_says_gone(erp: Bench) -> None:
    """What was deleted is not made again."""
    erp.side.put("contact", {"stamp": "L1"}, deleted=True)
    assert (await erp.give(a_create(side="erp"))).status == "gone"


async def test_a_repeated_key_whose_record_was_edited_since_is_found(erp: Bench) -> None:
    """The edit must count as a person's, not as how the target stored ours."""
    ticks = iter(range(10))
    erp.side.clock = lambda: next(ticks)
    command = a_create(side="erp")
    made = await erp.give(command)
    erp.table.clear()  # the worker died before it could tell
    erp.side.put("contact", {"given_name": "Annie"}, id_=made.id)
    outcome = await erp.give(command, FakeContext(end_offset_at_assignment=1_000))
    assert (outcome.status, outcome.record) == ("found", {"given_name": "Annie", "stamp": "L1"})


async def test_an_edit_between_a_lost_reply_and_its_repeat_is_not_taken_for_ours(erp: Bench) -> None:
    """People are quick: the very next call may show their edit."""
    ticks = iter(range(10))
    erp.side.clock = lambda: next(ticks)
    erp.side.lose("create")
    erp.side.meanwhile("create", lambda: None)
    erp.side.meanwhile("create", lambda: erp.side.put("contact", {"given_name": "Annie"}, id_=next(iter(erp.side.records["contact"]))))
    outcome = await erp.give(a_create(side="erp"))
    assert (outcome.status, outcome.record) == ("found", {"given_name": "Annie", "stamp": "L1"})


async def test_a_repeated_key_whose_record_was_deleted_since_says_gone(erp: Bench) -> None:
    """Its deletion carries the version that is shown: as living it would stay known for ever."""
    command = a_create(side="erp")
    made = await erp.give(command)
    erp.table.clear()  # the worker died before it could tell
    erp.side.put("contact", {}, id_=made.id, deleted=True)
    outcome = await erp.give(command, FakeContext(end_offset_at_assignment=1_000))
    assert (outcome.status, outcome.id) == ("gone", made.id)


@pytest.mark.parametrize("known_by", ["key", "stamp"])
async def test_what_is_gone_was_gone_when_the_request_went_out(erp: Bench, known_by: str) -> None:
    """By the time of the answer somebody may have brought it back: what a poll shows of it since then must not count as older."""
    command = a_create(side="erp")
    made = await erp.give(command)
    erp.table.clear()
    erp.side.put("contact", {"stamp": "L1"}, id_=made.id, deleted=True)
    arrived: list[int] = []

    def slowly() -> None:
        arrived.append(now_ms())
        time.sleep(0.002)

    erp.side.meanwhile("create", slowly)
    again = command if known_by == "key" else a_create(side="erp")
    outcome = await erp.give(again, FakeContext(end_offset_at_assignment=1_000))
    assert outcome.status == "gone"
    assert outcome.at <= arrived[0]


async def test_a_repeated_key_whose_record_is_untouched_is_applied(erp: Bench) -> None:
    """Nobody changed it: what it shows is what the target made of ours."""
    command = a_create(side="erp")
    await erp.give(command)
    erp.table.clear()
    assert (await erp.give(command, FakeContext(end_offset_at_assignment=1_000))).status == "applied"


async def test_two_links_create_side_by_side(keap: Bench) -> None:
    """Each finds its own stamp."""
    keap.side.lose("create", 2)
    commands = [a_create(link=link, stamp=link) for link in ("L1", "L2")]
    first, second = await asyncio.gather(*(keap.handle(keap.record(encode(each), each.key)) for each in commands))
    ids = {outcome.id for outputs in (first, second) if outputs for outcome in outcomes_of(outputs)}
    assert ids == set(keap.side.records["contact"])
    assert len(ids) == 2
