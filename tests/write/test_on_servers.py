"""The writer against the Keap simulator and the reference ERP, both behaving badly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import structlog

from connectors.base import Record, Sink
from connectors.erp import ErpConnector
from connectors.keap import KeapConnector
from connectors.tls import authorities
from sandbox.data import COLLECTIONS
from sandbox.erp.server import DEFAULT_TOKEN as ERP_TOKEN
from sandbox.erp.server import build_app as build_erp
from sandbox.http.run import background
from sandbox.keap.server import DEFAULT_TOKEN as KEAP_TOKEN
from sandbox.keap.server import build_app as build_keap
from schemas.codec import encode
from schemas.errors import GoneError
from schemas.flows import Flow, Side
from schemas.records import Command, Outcome
from streams.clock import now_ms
from streams.engine.records import Record as Delivered
from streams.patience import Patience
from streams.write.account import Account
from streams.write.handler import Writer
from tests.write.conftest import FakeContext, FakeTable, a_create, outcomes_of

pytestmark = pytest.mark.anyio
FAULTS = {"seed": 3, "error_before": 0.15, "error_after": 0.15, "drop_reply": 0.2}
AMPLE = {"keap": {"per_second": 10**6, "per_minute": 10**7, "per_day": 10**7}, "erp": {"per_minute": 10**7}}
STAMPS: dict[Side, dict[Flow, str]] = {
    "keap": {"company": "custom_fields.keapsync id", "contact": "custom_fields.keapsync id"},
    "erp": {"company": "external_id", "contact": "external_id", "product": "external_id"},
}
FIELDS: dict[Side, dict[Flow, dict[str, Any]]] = {
    "keap": {
        "company": {"company_name": "Firm {n}"},
        "contact": {"given_name": "Ann", "email_addresses.EMAIL1.email": "ann{n}@example.com"},
        "product": {"name": "Bolt {n}", "sku": "B-{n}", "price.amount": "12.50", "short_description": "Bolt"},
    },
    "erp": {
        "company": {"name": "Firm {n}"},
        "contact": {"first_name": "Ann", "last_name": "Lee", "email": "ann{n}@example.com"},
        "product": {"name": "Bolt {n}", "sku": "B-{n}", "unit_price": "12.50"},
    },
}
ENTITY: dict[Side, dict[Flow, str]] = {
    "keap": {"company": "company", "contact": "contact", "product": "product"},
    "erp": {"company": "customer", "contact": "contact", "product": "product"},
}


class Field:
    """A side as a real server, a writer in front of it, and its switches."""

    def __init__(self, side: Side, url: str, sink: Sink) -> None:
        self.side: Side = side
        self.sink = sink
        self.http = httpx.Client(base_url=url, verify=authorities())
        account = Account(sink, STAMPS[side], lag_ms=0, timeout_ms=100, patience=Patience(structlog.get_logger()))
        self.writer = Writer(side, {"main": account}, partitions=1)
        self.switch("quota", **AMPLE[side])

    def switch(self, name: str, **values: Any) -> None:
        """Turn a switch of the server."""
        self.http.put(f"/_sandbox/{name}", json=values).raise_for_status()

    async def give(self, command: Command) -> Outcome:
        """Hand a command to the writer."""
        delivered = Delivered("commands", 0, 100, command.key, encode(command), now_ms())
        outputs = await self.writer.handle(delivered, FakeTable(), FakeContext())
        assert outputs is not None
        return outcomes_of(outputs)[0]

    def calls(self, method: str, flow: Flow, record: str | None) -> list[bool]:
        """Return the calls of a method for a record, in order: did it change something?"""
        entries = self.http.get("/_sandbox/log").raise_for_status().json()["entries"]
        path = f"/{COLLECTIONS[self.side][flow]}/{record}"
        return [entry["committed"] for entry in entries if entry["method"] == method and entry["path"].endswith(path)]

    async def everything(self, flow: Flow) -> list[Record]:
        """Return all records of a flow."""
        records: list[Record] = []
        cursor: str | None = None
        while True:
            page = await self.sink.page(flow, since=None, cursor=cursor)
            records += page.records
            if (cursor := page.next) is None:
                return records


@pytest.fixture(scope="module", params=["keap", "erp"])
def server(request: pytest.FixtureRequest) -> Iterator[tuple[Side, str]]:
    """Run one of the two servers."""
    app = build_keap() if request.param == "keap" else build_erp()
    with background(app) as url:
        yield request.param, url


@asynccontextmanager
async def field_of(server: tuple[Side, str]) -> AsyncIterator[Field]:
    """Connect to a server; its faults are off again afterwards."""
    side, url = server
    fast = 10**6
    sink: Sink = KeapConnector(url, KEAP_TOKEN, per_second=fast) if side == "keap" else ErpConnector(url, ERP_TOKEN, per_second=fast)
    field = Field(side, url, sink)
    try:
        yield field
    finally:
        field.switch("faults")
        field.http.close()
        await sink.close()


def creates(side: Side, flow: Flow, numbers: range) -> list[Command]:
    """Return commands to create records of a flow."""
    spell = {number: {path: value.format(n=number) for path, value in FIELDS[side][flow].items()} for number in numbers}
    match = {number: {"sku": f"B-{number}"} if flow == "product" and side == "keap" else {} for number in numbers}
    return [
        a_create(
            link=f"{flow}-{number}",
            stamp=f"{flow}-{number}",
            side=side,
            entity=ENTITY[side][flow],
            fields=spell[number],
            match=match[number],
        )
        for number in numbers
    ]


@pytest.mark.parametrize("flow", ["company", "contact", "product"])
async def test_every_record_is_made_exactly_once(server: tuple[Side, str], flow: Flow) -> None:
    """Lost requests, lost replies, errors after the work was done."""
    async with field_of(server) as field:
        before = len(await field.everything(flow))
        field.switch("faults", **FAULTS, methods=["POST"])
        commands = creates(field.side, flow, range(12))
        outcomes = await asyncio.gather(*(field.give(command) for command in commands))
        field.switch("faults")
        records = {record.id: record for record in await field.everything(flow)}
        assert len(records) - before == len(commands)
        for command, outcome in zip(commands, outcomes, strict=True):
            assert outcome.status in ("applied", "found")
            assert command.fields.items() <= records[outcome.id or ""].fields.items()


async def test_updates_end_as_wanted_under_faults(server: tuple[Side, str]) -> None:
    """And what people changed elsewhere in the record stays."""
    async with field_of(server) as field:
        made = [await field.give(command) for command in creates(field.side, "company", range(100, 108))]
        name, note = next(iter(FIELDS[field.side]["company"])), "notes"
        field.switch("faults", **FAULTS, methods=["PATCH", "GET"])
        edits = [
            a_create(
                op="update", link=f"u{number}", side=field.side, entity=ENTITY[field.side]["company"], target=outcome.id,
                fields={note: "new"}, expect={note: None}, version=outcome.version,
            )
            for number, outcome in enumerate(made)
        ]  # fmt: skip
        outcomes = await asyncio.gather(*(field.give(command) for command in edits))
        field.switch("faults")
        assert {outcome.status for outcome in outcomes} == {"applied"}
        for outcome, before in zip(outcomes, made, strict=True):
            shown = await field.sink.get("company", outcome.id or "")
            assert (shown.fields[note], shown.fields[name]) == ("new", (before.record or {})[name])


async def test_an_update_costs_what_the_api_makes_it_cost(server: tuple[Side, str]) -> None:
    """One call where there are versions, two where the record has to be read first."""
    async with field_of(server) as field:
        made = await field.give(creates(field.side, "company", range(200, 201))[0])
        command = a_create(
            op="update", link="cost", side=field.side, entity=ENTITY[field.side]["company"], target=made.id,
            fields={"notes": "new"}, expect={"notes": None}, version=made.version,
        )  # fmt: skip
        outcome = await field.give(command)
        assert (outcome.status, outcome.calls) == ("applied", 2 if field.side == "keap" else 1)


async def test_a_human_edit_is_a_conflict_with_the_record_as_it_is(server: tuple[Side, str]) -> None:
    """It is decided about, not overwritten."""
    async with field_of(server) as field:
        made = await field.give(creates(field.side, "company", range(300, 301))[0])
        shown = await field.sink.get("company", made.id or "")
        await field.sink.update("company", shown, {"notes": "by hand"})
        command = a_create(
            op="update", link="conflict", side=field.side, entity=ENTITY[field.side]["company"], target=made.id,
            fields={"notes": "new"}, expect={"notes": None}, version=made.version,
        )  # fmt: skip
        outcome = await field.give(command)
        assert (outcome.status, (outcome.record or {})["notes"]) == ("conflict", "by hand")


def a_delete(field: Field, flow: Flow, made: Outcome) -> Command:
    """Return a command to delete a record just as its create's answer showed it."""
    return a_create(
        op="delete", link=f"delete-{made.id}", stamp=None, side=field.side, entity=ENTITY[field.side][flow], target=made.id,
        fields={}, expect=made.record or {}, version=made.version,
    )  # fmt: skip


async def is_gone(field: Field, flow: Flow, made: Outcome) -> bool:
    """Tell whether neither a look by id nor a list shows a record any more."""
    try:
        shown = await field.sink.get(flow, made.id or "")
    except GoneError:
        deleted = True
    else:
        deleted = shown.deleted
    return deleted and made.id not in {record.id for record in await field.everything(flow)}


@pytest.mark.parametrize("flow", ["company", "contact", "product"])
async def test_a_record_that_shows_what_its_create_showed_is_deleted(server: tuple[Side, str], flow: Flow) -> None:
    """A look and a call; a command that comes again finds it done."""
    async with field_of(server) as field:
        made = await field.give(creates(field.side, flow, range(400, 401))[0])
        outcome = await field.give(a_delete(field, flow, made))
        again = await field.give(a_delete(field, flow, made))
        assert (outcome.status, outcome.calls) == ("gone", 2)
        assert (again.status, again.calls) == ("gone", 1)
        assert await is_gone(field, flow, made)


async def test_a_record_that_somebody_edited_is_spared(server: tuple[Side, str]) -> None:
    """The outcome brings it as it is now, and no delete went out."""
    async with field_of(server) as field:
        made = await field.give(creates(field.side, "company", range(500, 501))[0])
        await field.sink.update("company", await field.sink.get("company", made.id or ""), {"notes": "by hand"})
        outcome = await field.give(a_delete(field, "company", made))
        assert (outcome.status, (outcome.record or {})["notes"]) == ("conflict", "by hand")
        assert field.calls("DELETE", "company", made.id) == []
        assert not await is_gone(field, "company", made)


@pytest.mark.parametrize("fault", ["drop_reply", "error_after"])
async def test_a_delete_whose_reply_is_lost_is_done_once(server: tuple[Side, str], fault: str) -> None:
    """No reply ever comes: the repeat looks first, and finds what was wanted."""
    async with field_of(server) as field:
        made = await field.give(creates(field.side, "product", range(600, 601))[0])
        field.switch("faults", **{fault: 1.0}, methods=["DELETE"])
        outcome = await field.give(a_delete(field, "product", made))
        assert (outcome.status, field.calls("DELETE", "product", made.id)) == ("gone", [True])
        assert await is_gone(field, "product", made)


async def test_a_product_is_switched_off_and_on_again(server: tuple[Side, str]) -> None:
    """By one field, though no reply comes and the ERP's new one never said that it is on; the rest of the record stays as it is."""
    async with field_of(server) as field:
        made = await field.give(creates(field.side, "product", range(700, 701))[0])
        assert (made.record or {}).get("active") is not False
        for op, active in (("deactivate", False), ("update", True)):
            field.switch("faults", drop_reply=1.0, methods=["PATCH"])
            command = a_create(
                op=op, link=op, stamp=None, side=field.side, entity="product", target=made.id,
                fields={"active": active}, expect={"active": not active},
            )  # fmt: skip
            outcome = await field.give(command)
            shown = await field.sink.get("product", made.id or "")
            assert (outcome.status, outcome.record) == ("applied", shown.fields)
            assert shown.fields == (made.record or {}) | {"active": active}
        assert field.calls("PATCH", "product", made.id) == [True, True]
