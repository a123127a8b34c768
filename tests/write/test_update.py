"""Updates, on sides with and without versions."""

from __future__ import annotations

import pytest

from schemas.errors import GoneError, RateLimitedError, RetriableError
from streams.clock import now_ms
from tests.write.conftest import Bench, a_command

pytestmark = pytest.mark.anyio


async def test_an_update_without_versions_reads_compares_and_writes(keap: Bench) -> None:
    """Two calls, and the response is the read-back."""
    keap.side.put("contact", {"given_name": "Anna", "family_name": "Lee"}, id_="1")
    outcome = await keap.give(a_command())
    assert (outcome.status, outcome.calls) == ("applied", 2)
    assert outcome.record == {"given_name": "Ann", "family_name": "Lee"}


async def test_an_update_with_versions_takes_one_call(erp: Bench) -> None:
    """The version the decision knew makes the write conditional; nothing is read first."""
    known = erp.side.put("contact", {"first_name": "Anna"}, id_="1")
    command = a_command(side="erp", fields={"first_name": "Ann"}, expect={"first_name": "Anna"}, version=known.version)
    outcome = await erp.give(command)
    assert (outcome.status, outcome.calls, outcome.version) == ("applied", 1, 2)


async def test_what_is_as_wanted_already_is_not_written(keap: Bench) -> None:
    """A redelivered update finds its own work."""
    keap.side.put("contact", {"given_name": "Ann"}, id_="1")
    outcome = await keap.give(a_command())
    assert outcome.status == "applied"
    assert keap.side.count("update") == 0


async def test_an_edit_nobody_knew_of_is_a_conflict_and_stays(keap: Bench) -> None:
    """The outcome brings the record as it is now."""
    keap.side.put("contact", {"given_name": "Annie"}, id_="1")
    outcome = await keap.give(a_command())
    assert (outcome.status, outcome.record) == ("conflict", {"given_name": "Annie"})
    assert keap.side.records["contact"]["1"].fields["given_name"] == "Annie"


async def test_a_newer_version_that_left_our_fields_alone_is_written_onto(erp: Bench) -> None:
    """Somebody changed the phone; the name still shows what was expected."""
    known = erp.side.put("contact", {"first_name": "Anna"}, id_="1")
    erp.side.put("contact", {"phone": "1"}, id_="1")
    command = a_command(side="erp", fields={"first_name": "Ann"}, expect={"first_name": "Anna"}, version=known.version)
    outcome = await erp.give(command)
    assert (outcome.status, outcome.calls) == ("applied", 2)
    assert outcome.record == {"first_name": "Ann", "phone": "1"}


async def test_a_newer_version_that_changed_our_field_is_a_conflict(erp: Bench) -> None:
    """The human's edit is decided about, never overwritten."""
    known = erp.side.put("contact", {"first_name": "Anna"}, id_="1")
    erp.side.put("contact", {"first_name": "Annie"}, id_="1")
    command = a_command(side="erp", fields={"first_name": "Ann"}, expect={"first_name": "Anna"}, version=known.version)
    outcome = await erp.give(command)
    assert (outcome.status, outcome.record, outcome.version) == ("conflict", {"first_name": "Annie"}, 2)


@pytest.mark.parametrize("side", ["keap", "erp"])
async def test_a_lost_reply_is_not_written_twice(side: str, request: pytest.FixtureRequest) -> None:
    """The repetition compares first, or is refused by its version."""
    bench: Bench = request.getfixturevalue(side)
    known = bench.side.put("contact", {"given_name": "Anna"}, id_="1")
    bench.side.lose("update")
    outcome = await bench.give(a_command(side=side, version=known.version))
    assert outcome.status == "applied"
    assert bench.side.records["contact"]["1"].version == (2 if side == "erp" else None)


async def test_an_edit_made_while_we_wait_is_not_overwritten(keap: Bench) -> None:
    """After a refused attempt the record is read again."""
    keap.side.put("contact", {"given_name": "Anna"}, id_="1")
    keap.side.fail("update", RateLimitedError("slow down"))
    keap.side.meanwhile("update", lambda: keap.side.put("contact", {"given_name": "Annie"}, id_="1"))
    outcome = await keap.give(a_command())
    assert (outcome.status, outcome.record) == ("conflict", {"given_name": "Annie"})


async def test_a_record_that_is_gone_is_said_to_be_gone(keap: Bench, erp: Bench) -> None:
    """Neither an error nor a dead letter."""
    assert (await keap.give(a_command())).status == "gone"
    erp.side.put("contact", {"given_name": "Anna"}, id_="1", deleted=True)
    assert (await erp.give(a_command(side="erp"))).status == "gone"


@pytest.mark.parametrize("call", ["get", "update"])
async def test_a_loss_is_as_late_as_the_request_that_was_told_of_it(keap: Bench, call: str) -> None:
    """The account was away before: whoever took the record's place meanwhile was made before the loss, not after it."""
    asked: list[int] = []

    def away() -> None:
        asked.append(now_ms())
        while now_ms() == asked[0]:
            pass

    keap.side.put("contact", {"given_name": "Anna"}, id_="1")
    keap.side.meanwhile(call, away)
    keap.side.meanwhile(call, lambda: asked.append(now_ms()))
    keap.side.fail(call, RetriableError("away"), GoneError("1"))
    outcome = await keap.give(a_command())
    assert outcome.status == "gone"
    assert asked[0] < outcome.at <= asked[1]


async def test_what_the_target_makes_of_a_value_is_read_back(keap: Bench) -> None:
    """A target that upper-cases is no conflict."""
    keap.side.store = lambda fields: {path: str(value).upper() for path, value in fields.items()}
    keap.side.put("contact", {"given_name": "Anna"}, id_="1")
    outcome = await keap.give(a_command())
    assert (outcome.status, outcome.record) == ("applied", {"given_name": "ANN"})
