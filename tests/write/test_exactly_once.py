"""A create on a side without idempotency keys: wherever the process dies and whatever the network loses, one record, bound to its link.

Six places to die at, fifty runs each, all fifty against one server at once: Keap as it is, and an ERP that offers nothing beyond the
contract's plain calls. The command comes from the real core and its outcomes go back to it.

What cannot be promised: where a record carries no stamp, one whose match keys a person changes before it was looked up is made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random
from typing import Any

import httpx
import pytest
import structlog
from msgspec.structs import replace

from connectors.base import Sink
from connectors.budget import Pacer, Policy
from connectors.erp import ErpConnector
from connectors.keap import KeapConnector
from sandbox.erp.capabilities import ALL
from sandbox.erp.server import DEFAULT_TOKEN as ERP_TOKEN
from sandbox.erp.server import build_app as build_erp
from sandbox.http.clock import dated
from sandbox.keap.server import DEFAULT_TOKEN as KEAP_TOKEN
from sandbox.keap.server import build_app as build_keap
from schemas.flows import Fields, Flow, Side, other
from schemas.records import Command
from streams.patience import Patience
from streams.write.account import Account
from streams.write.handler import Writer
from tests.sync.desk import NOW, Desk
from tests.virtual import VirtualLoop, Wall
from tests.write.dying import TIMEOUT_S, Network, Point, Run
from tests.write.test_on_servers import AMPLE, STAMPS

RUNS = 50
LAG_MS = 5_000
SKEW_MS = 90_000
SETTLED_S = 100
URL = {"keap": "http://keap/rest/v2", "erp": "http://erp/api/v1"}
TOKENS = {"keap": KEAP_TOKEN, "erp": ERP_TOKEN}


@dataclass(frozen=True)
class Kind:
    """One kind of record: what the other side shows, and what a person may change in its twin.

    Attributes:
        path: the collection it is made in.
        shown: with `{n}` where runs differ.
        name: an edit that only a stamp survives where the name is the key.
        detail: an edit of no key.
    """

    flow: Flow
    path: str
    shown: Fields
    name: dict[str, Any]
    detail: dict[str, Any]


KINDS: dict[Side, tuple[Kind, ...]] = {
    "keap": (
        Kind("company", "companies", {"name": "Firm {n}"}, {"company_name": "Firm Ltd"}, {"notes": "by hand"}),
        Kind("contact", "contacts", {"first_name": "Ann", "email": "ann{n}@x.example"}, {"given_name": "Anna"}, {"job_title": "Buyer"}),
        Kind("product", "products", {"name": "Bolt", "sku": "B-{n}", "unit_price": "1.50"}, {"name": "Nut"}, {"description": "by hand"}),
    ),
    "erp": (
        Kind("company", "customers", {"company_name": "Firm {n}"}, {"name": "Firm Ltd"}, {"notes": "by hand"}),
        Kind(
            "contact",
            "contacts",
            {"given_name": "Ann", "email_addresses.EMAIL1.email": "ann{n}@x.example"},
            {"first_name": "Anna"},
            {"job_title": "Buyer"},
        ),
        Kind("product", "products", {"name": "Bolt", "sku": "B-{n}", "price.amount": "1.50"}, {"name": "Nut"}, {"description": "by hand"}),
        Kind("opportunity", "orders", {"opportunity_title": "Deal {n}", "contact.id": "1"}, {}, {}),
    ),
}


class World:
    """One server in virtual time, and the people who use it."""

    def __init__(self, side: Side, wall: Wall, random: Random) -> None:
        """Build the server; nothing is switched yet."""
        self.side: Side = side
        self.random = random
        self._wall = wall
        self._network = Network(dated(build_keap() if side == "keap" else build_erp()))
        headers = {"authorization": f"Bearer {TOKENS[side]}", "x-sandbox-user": "person"}
        self.people = httpx.AsyncClient(transport=self._network, base_url=URL[side], headers=headers)

    async def begin(self) -> None:
        """Let the server be slow to show, its clock be wrong, and offer little."""
        await self.switch("quota", AMPLE[self.side])
        await self.switch("faults", {"stale_read_ms": self.random.randrange(LAG_MS // 2, LAG_MS)})
        await self.switch("clock", {"ahead_ms": self.random.choice((0, SKEW_MS, -SKEW_MS))})
        if self.side == "erp":
            await self.switch("capabilities", dict.fromkeys(ALL, False))
            (await self.people.post("contacts", json={"last_name": "Lee"})).raise_for_status()
        await asyncio.sleep(SETTLED_S)  # by its own clock and its slowest replica too, everything is there

    async def switch(self, name: str, value: dict[str, Any]) -> None:
        """Turn a switch."""
        (await self.people.put(f"http://{self.side}/_sandbox/{name}", json=value)).raise_for_status()

    def writer(self, *, stamped: bool) -> Writer:
        """Start a sink's process."""
        stamps = STAMPS[self.side] if stamped else {}
        account = Account(self.sink(stamped=stamped), stamps, LAG_MS, round(TIMEOUT_S * 1000), Patience(structlog.get_logger()))
        return Writer(self.side, {"main": account}, partitions=1)

    def sink(self, *, stamped: bool) -> Sink:
        """Connect to the server, in virtual time."""
        told: dict[str, Any] = {
            "pacer": Pacer(Policy(10**6), clock=self._wall.time),
            "timeout_s": TIMEOUT_S,
            "clock": self._wall.time,
            "transport": self._network,
        }
        url, token = f"http://{self.side}", TOKENS[self.side]
        if self.side == "keap":
            return KeapConnector(url, token, **told, stamp_field="keapsync id" if stamped else None)
        return ErpConnector(url, token, **told)

    def edit_of(self, kind: Kind, command: Command, *, stamped: bool) -> Callable[[dict[str, Any]], Awaitable[None]] | None:
        """Choose what a person does to the new record; never to what alone could tell it."""
        keyed = set(kind.name) & set(command.match) or not command.match
        choices = [{}, kind.detail if stamped or command.match else {}, kind.name if stamped or not keyed else {}]
        if not (change := self.random.choice(choices)):
            return None
        kind_of = "application/json" if self.side == "keap" else "application/merge-patch+json"

        async def edit(record: dict[str, Any]) -> None:
            path = f"{kind.path}/{record['id']}"
            (await self.people.patch(path, json=change, headers={"content-type": kind_of})).raise_for_status()

        return edit

    async def ids(self, flow: Flow) -> list[str]:
        """Return the ids of all records of a flow."""
        sink = self.sink(stamped=True)
        await self.switch("faults", {})
        page = await sink.page(flow, since=None, cursor=None)
        assert page.next is None
        return [record.id for record in page.records]


@dataclass
class Case:
    """One run with the core that asked for it."""

    kind: Kind
    desk: Desk
    source: str
    run: Run
    stamped: bool


def case(world: World, point: Point, number: int) -> Case:
    """Let the other side show a record, and take the create that the core answers with."""
    kind, source, desk = world.random.choice(KINDS[world.side]), f"s{number}", Desk(now=NOW)
    shown: Fields = {path: str(value).format(n=number) for path, value in kind.shown.items()}
    if kind.flow == "opportunity":
        desk.show("keap", "contact", "1", {"given_name": "Ann", "email_addresses.EMAIL1.email": "a@x.example"}, -60_000)
        desk.show("erp", "contact", "co-1", {"first_name": "Ann", "email": "a@x.example"}, -60_000)
    desk.show(other(world.side), kind.flow, source, shown, -60_000)
    (command,) = desk.marks()
    if world.random.random() < 0.3:
        command = replace(command, match={})
    stamped = world.side == "keap" and world.random.random() < 0.5
    edit = world.edit_of(kind, command, stamped=stamped and kind.flow != "product")
    return Case(kind, desk, source, Run(command, point, Random(world.random.random()), edit), stamped)


async def play(side: Side, point: Point, wall: Wall) -> None:
    """Play fifty runs side by side and hold each to its one record."""
    world = World(side, wall, Random(f"{side} {point}"))
    await world.begin()
    cases = [case(world, point, number) for number in range(RUNS)]
    lives = {stamped: (world.writer(stamped=stamped), world.writer(stamped=stamped)) for stamped in (True, False)}
    async with asyncio.TaskGroup() as group:
        for each in cases:
            group.create_task(each.run.carry_out(*lives[each.stamped]))
    made = {(kind.flow, record) for kind in KINDS[side] for record in await world.ids(kind.flow)} - {("contact", "co-1")}
    bound = set()
    for each in cases:
        assert (len(each.run.outcomes), each.run.acked) == (1, True)
        again = each.desk.feed(each.run.outcomes[0])
        assert [command for command in again if command.side == side] == []
        link = each.desk.link(each.source)
        assert link.state == "linked", (each, link)
        bound.add((each.kind.flow, link.side(side).id))
    assert len(bound) == RUNS
    assert bound == made


@pytest.mark.parametrize("point", Point)
@pytest.mark.parametrize("side", ["keap", "erp"])
def test_a_create_that_dies_anywhere_makes_one_record(side: Side, point: Point, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty seeded runs: stamped or not, with match keys or not, edited by a person meanwhile or not, replies lost before and after."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        wall = Wall(loop, NOW - SETTLED_S * 1000)
        wall.show(monkeypatch)
        runner.run(play(side, point, wall))
