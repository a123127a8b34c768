"""The lane handler: what goes in, what comes out, what never stops it."""

from __future__ import annotations

import asyncio

import pytest

from schemas.codec import encode
from schemas.errors import FatalError, MappingError, RejectedError, RetriableError
from streams.clock import now_ms
from streams.topics import partition_of
from tests.write.conftest import Bench, FakeContext, a_command, a_create, letters_of, outcomes_of

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "value",
    [None, b"", b"garbage", encode(a_command(side="erp")), encode(a_command(entity="order"))],
    ids=["none", "empty", "garbage", "of another side", "of another entity"],
)
async def test_garbage_becomes_a_dead_letter(keap: Bench, value: bytes | None) -> None:
    """With the original bytes, and nothing else happens."""
    outputs = await keap.handle(keap.record(value))
    assert outputs is not None
    letter = letters_of(outputs)[0]
    assert (letter.value_bytes, letter.key_bytes, letter.stage, letter.error) == (value, b"L1", "write", "SchemaError")
    assert (outcomes_of(outputs), outputs.rows, keap.side.log) == ([], {}, [])


async def test_a_finished_command_is_skipped(keap: Bench) -> None:
    """Older and equal ones are redeliveries, a newer one is not."""
    keap.side.put("contact", {"given_name": "Anna"}, id_="1")
    command = a_command(seq=10)
    await keap.give(command)
    calls = len(keap.side.log)
    for seq in (9, 10):
        assert not await keap.handle(keap.record(encode(a_command(seq=seq))))
    assert len(keap.side.log) == calls
    assert (await keap.give(a_command(seq=11))).status == "applied"


async def test_an_outcome_goes_to_its_connections_partition(keap: Bench) -> None:
    """Where the sync stage reads everything about the connection."""
    outputs = await keap.handle(keap.record(encode(a_create())))
    assert outputs is not None
    assert outputs.records[0].partition == partition_of(b"main", 4)


async def test_a_refusal_is_told_and_kept(keap: Bench) -> None:
    """An outcome for the sync stage, a dead letter with the original bytes for the operator."""
    keap.side.fail("create", RejectedError("given_name is too long", 400))
    record = keap.record(encode(a_create()))
    outputs = await keap.handle(record)
    assert outputs is not None
    outcome, letter = outcomes_of(outputs)[0], letters_of(outputs)[0]
    assert (outcome.status, outcome.error, outcome.calls) == ("rejected", "given_name is too long", 1)
    assert (letter.value_bytes, letter.link, letter.side, letter.flow) == (record.value, "L1", "keap", "contact")
    assert (letter.topic, letter.offset) == (record.topic, record.offset)


async def test_an_operation_without_a_way_is_refused(keap: Bench) -> None:
    """It is answered, so that the link does not wait for ever."""
    outputs = await keap.handle(keap.record(encode(a_command(op="merge"))))
    assert outputs is not None
    assert outcomes_of(outputs)[0].status == "rejected"
    assert letters_of(outputs)
    assert keap.side.count("update") == 0


async def test_a_connection_nobody_configured_is_refused(keap: Bench) -> None:
    """A command of a connection that was taken out of the settings."""
    assert (await keap.give(a_command(connection="gone"))).status == "rejected"


@pytest.mark.parametrize("error", [MappingError("no such stage"), KeyError("a defect of a connector")])
async def test_one_poison_record_stops_nothing(keap: Bench, error: Exception) -> None:
    """Whatever a record leads to, the next one is carried out."""
    keap.side.fail("create", error)
    assert (await keap.give(a_create(link="L1"))).status == "rejected"
    assert (await keap.give(a_create(link="L2"))).status == "applied"


async def test_refused_credentials_end_the_worker(keap: Bench) -> None:
    """No command is blamed for it."""
    keap.side.fail("create", FatalError("credentials refused"))
    with pytest.raises(FatalError):
        await keap.give(a_create())


async def test_passing_faults_are_waited_out(keap: Bench) -> None:
    """In place, so that the link's order holds."""
    keap.side.fail("create", *(RetriableError("503") for _ in range(5)))
    outcome = await keap.give(a_create())
    assert (outcome.status, outcome.calls) == ("applied", 6)


async def test_no_call_begins_when_the_partition_may_be_anothers(keap: Bench) -> None:
    """The command comes again."""
    assert await keap.handle(keap.record(encode(a_create())), FakeContext(ours=False)) is None
    assert keap.side.count("create") == 0


async def test_not_before_is_waited_for(keap: Bench) -> None:
    """A read that would show what replicas have not seen yet proves nothing."""
    keap.side.put("contact", {"given_name": "Anna"}, id_="1")
    due = now_ms() + 30
    outcome = await keap.give(a_command(op="read", not_before=due))
    assert (outcome.status, outcome.record) == ("applied", {"given_name": "Anna"})
    assert outcome.at >= due


async def test_waiting_for_not_before_ends_at_once_on_shutdown(keap: Bench) -> None:
    """However far away it is."""
    context = FakeContext()
    handling = asyncio.create_task(keap.handle(keap.record(encode(a_command(op="read", not_before=now_ms() + 3_600_000))), context))
    await asyncio.sleep(0)
    context.stopped.set()
    assert await asyncio.wait_for(handling, 5) is None


async def test_an_account_says_what_it_offers_before_its_first_command(keap: Bench) -> None:
    """Once, and its calls are not the command's."""
    keap.side.checks = [["no answer yet"]]
    outcomes = [await keap.give(a_create(link=link)) for link in ("L1", "L2")]
    assert [name for name, _ in keap.side.log] == ["check", "check", "create", "create"]
    assert [outcome.calls for outcome in outcomes] == [1, 1]


async def test_a_read_tells_the_time_before_its_request(keap: Bench) -> None:
    """What changed while the answer was under way is not known."""
    record = keap.side.put("contact", {"given_name": "Anna"}, id_="1")
    before = now_ms()
    outcome = await keap.give(a_command(op="read"))
    assert before <= outcome.at <= now_ms()
    assert (outcome.id, outcome.updated_at) == ("1", record.updated_at)


async def test_an_outcome_too_large_for_the_broker_goes_without_the_record(keap: Bench) -> None:
    """The link must not wait for ever for an answer that cannot be sent."""
    command = a_command(fields={"notes": "x" * 950_000})
    record = keap.record(encode(command))
    outputs = keap.writer.refuse(record, "a record of 1,100,000 bytes")
    assert outcomes_of(outputs)[0].status == "rejected"
    assert all(len(each.value or b"") < 1_000_000 for each in outputs.records)
