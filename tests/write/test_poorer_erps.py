"""The writer against ERPs that offer less: each capability switched off, one by one and all together, the network behaving badly."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from sandbox.erp.capabilities import ALL
from sandbox.erp.server import build_app
from sandbox.http.run import background
from schemas.flows import Flow
from schemas.records import Command
from tests.write.conftest import a_command
from tests.write.test_on_servers import FAULTS, creates, field_of

pytestmark = pytest.mark.anyio
POORER = [(name,) for name in ALL] + [("idempotency", "external_id"), ALL]
COUNT = 8


@pytest.fixture(params=POORER, ids="+".join)
def server(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    """Run an ERP without some capabilities; yields its address and what it lacks."""
    with background(build_app()) as url:
        yield url, *request.param


@pytest.mark.parametrize("flow", ["contact", "product"])
async def test_every_record_is_made_exactly_once(server: tuple[str, ...], flow: Flow) -> None:
    """By key, by stamp, or by a look at what was made since."""
    url, *lacking = server
    async with field_of(("erp", url)) as field:
        field.switch("capabilities", **dict.fromkeys(lacking, False))
        field.switch("faults", **FAULTS, methods=["POST"])
        commands = creates("erp", flow, range(COUNT))
        outcomes = await asyncio.gather(*(field.give(command) for command in commands))
        field.switch("faults")
        made = {record.id for record in await field.everything(flow)}
        assert {outcome.status for outcome in outcomes} <= {"applied", "found"}
        assert {outcome.id for outcome in outcomes} == made
        assert len(made) == COUNT


async def test_an_update_meets_what_it_expected_or_reports_what_it_found(server: tuple[str, ...]) -> None:
    """On its version, or by comparing first; a person's edit is not overwritten."""
    url, *lacking = server
    async with field_of(("erp", url)) as field:
        field.switch("capabilities", **dict.fromkeys(lacking, False))
        await field.sink.check()
        made = await field.sink.create("contact", {"first_name": "Ann", "last_name": "Lee"}, stamp=None, key="k")

        def rename(expected: str, name: str) -> Command:
            fields = {"fields": {"first_name": name}, "expect": {"first_name": expected}}
            return a_command(side="erp", target=made.id, version=made.version, **fields)

        field.switch("faults", **FAULTS, methods=["PATCH"])
        first = await field.give(rename("Ann", "Anna"))
        second = await field.give(rename("Ann", "Bea"))
        assert (first.status, second.status) == ("applied", "conflict")
        assert (second.record or {})["first_name"] == "Anna"


async def test_a_deleted_record_is_gone(server: tuple[str, ...]) -> None:
    """With a mark or without a trace."""
    url, *lacking = server
    async with field_of(("erp", url)) as field:
        field.switch("capabilities", **dict.fromkeys(lacking, False))
        await field.sink.check()
        made = await field.sink.create("contact", {"first_name": "Ann"}, stamp=None, key="k")
        await field.sink.delete("contact", made)
        written = await field.give(a_command(side="erp", target=made.id, fields={"first_name": "Bea"}, expect={"first_name": "Ann"}))
        read = await field.give(a_command(side="erp", target=made.id, op="read", fields={}, expect={}, seq=11))
        assert (written.status, read.status) == ("gone", "gone")
