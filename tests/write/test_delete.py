"""Deletes: of what the decision was based on, or not at all."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from tests.write.conftest import Bench, a_command

pytestmark = pytest.mark.anyio


async def test_a_record_as_expected_is_deleted(erp: Bench) -> None:
    """Read, compare, delete."""
    known = erp.side.put("contact", {"first_name": "Ann"}, id_="1")
    command = a_command(side="erp", op="delete", fields={}, expect={"first_name": "Ann", "email": None}, version=known.version)
    assert (await erp.give(command)).status == "gone"
    assert erp.side.count("delete") == 1


async def test_a_record_that_somebody_edited_is_spared(keap: Bench) -> None:
    """The outcome brings it as it is now."""
    keap.side.put("contact", {"given_name": "Annie"}, id_="1")
    outcome = await keap.give(a_command(op="delete", fields={}, expect={"given_name": "Ann"}))
    assert (outcome.status, outcome.record) == ("conflict", {"given_name": "Annie"})
    assert keap.side.count("delete") == 0


async def test_a_delete_whose_reply_was_lost_is_a_success(keap: Bench) -> None:
    """The repeat finds nothing, which is what was wanted."""
    keap.side.put("contact", {"given_name": "Ann"}, id_="1")
    keap.side.lose("delete")
    outcome = await keap.give(a_command(op="delete", fields={}, expect={"given_name": "Ann"}))
    assert outcome.status == "gone"


async def test_a_delete_that_comes_again_spares_what_somebody_brought_back(erp: Bench) -> None:
    """It was deleted, the worker died, a person restored it: the version tells."""
    erp.side.put("contact", {"first_name": "Ann"}, id_="1")
    known = erp.side.put("contact", {"first_name": "Ann"}, id_="1")
    assert known.version is not None
    command = a_command(side="erp", op="delete", fields={}, expect={"first_name": "Ann"}, version=known.version - 1, repeat=True)
    assert (await erp.give(command)).status == "conflict"
    assert erp.side.count("delete") == 0


async def test_where_there_are_no_versions_the_time_of_change_tells_what_was_brought_back(keap: Bench) -> None:
    """In doubt it is spared: a delete that comes again is rare."""
    keap.side.put("contact", {"given_name": "Ann"}, id_="1", updated_at=2_000_000)
    command = a_command(op="delete", fields={}, expect={"given_name": "Ann"}, issued_at=1_000_000, repeat=True)
    assert (await keap.give(command)).status == "conflict"
    assert (await keap.give(replace(command, seq=11, issued_at=3_000_000))).status == "gone"
