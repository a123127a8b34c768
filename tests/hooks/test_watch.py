"""Subscriptions at the Keap simulator and the reference ERP: made, watched, brought back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from connectors.hooks import Announcer
from sandbox.erp.server import DEFAULT_TOKEN as ERP_TOKEN
from sandbox.erp.server import build_app as build_erp
from sandbox.http.run import background
from sandbox.keap.server import DEFAULT_TOKEN as KEAP_TOKEN
from sandbox.keap.server import build_app as build_keap
from schemas.errors import ConfigurationError
from schemas.records import Hint
from streams.hooks.app import Receiver
from streams.hooks.places import Place, announcer, places
from streams.hooks.secrets import Secrets
from streams.hooks.settings import HooksSettings
from streams.hooks.watch import ensure
from streams.settings import ConnectionSettings, ErpSettings, FlowSettings, Settings, SideSettings

pytestmark = pytest.mark.anyio
PATH = "not-to-be-guessed"
CONTACT = {"given_name": "Ann", "email_addresses": [{"email": "ann@example.com", "field": "EMAIL1"}]}


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


class World:
    """Both systems, and a receiver whose hints are kept."""

    def __init__(self, keap: str, erp: str, folder: Path) -> None:
        self.keap = httpx.AsyncClient(base_url=keap, headers={"authorization": f"Bearer {KEAP_TOKEN}"})
        self.erp = httpx.AsyncClient(base_url=erp, headers={"authorization": f"Bearer {ERP_TOKEN}"})
        self.secrets, self.folder = Secrets(folder / "secrets"), folder
        self.heard: list[Hint] = []
        self.receiver = Receiver(PATH, [("main", "keap"), ("main", "erp")], self.secrets, self._send)

    async def _send(self, hints: list[Hint]) -> bool:
        self.heard += hints
        return True

    def settings(self, url: str, secret: str = PATH) -> Settings:
        """Return settings whose receiver is at an address; two flows run."""
        off = FlowSettings(enabled=False)
        keap = SideSettings(url=str(self.keap.base_url), token=SecretStr(KEAP_TOKEN), hooks=True, per_second=100)
        erp = ErpSettings(url=str(self.erp.base_url), token=SecretStr(ERP_TOKEN), hooks=True, per_second=100)
        connection = ConnectionSettings(keap=keap, erp=erp, flows={"opportunity": off, "product": off})
        hooks = HooksSettings(url=url, secret=SecretStr(secret))
        return Settings(data_dir=self.folder, connections={"main": connection}, hooks=hooks)

    @asynccontextmanager
    async def account(self, settings: Settings, side: str) -> AsyncIterator[tuple[Place, Announcer]]:
        """Manage one side's subscriptions."""
        place = next(place for place in places(settings) if place.side == side)
        account = announcer(settings, place)
        try:
            yield place, account
        finally:
            await account.close()


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    """Run both systems; hooks are delivered soon and given up soon."""
    with background(build_keap()) as keap, background(build_erp()) as erp:
        world = World(keap, erp, tmp_path)
        await world.keap.put("/_sandbox/hooks", json={"delay_ms": 50, "retry_ms": []})
        await world.keap.put("/_sandbox/quota", json={"per_second": 10**6, "per_minute": 10**6, "per_day": 10**6})
        yield world
        await world.keap.aclose()
        await world.erp.aclose()


@pytest.fixture
def listening(world: World) -> Iterator[Settings]:
    """Let the receiver listen."""
    with background(world.receiver.app()) as url:
        yield world.settings(url)


async def until(condition: Callable[[], object]) -> None:
    """Wait until the condition holds."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - the servers' threads change it
            await asyncio.sleep(0.02)


async def test_keap_announces_every_change_of_the_flows_that_run(world: World, listening: Settings) -> None:
    """A subscription an event, verified; a second look makes none."""
    async with world.account(listening, "keap") as (place, account):
        for _ in range(2):
            ours = await ensure(place, account, world.secrets)
        wanted = {f"{kind}.{verb}" for kind in ("company", "contact") for verb in ("add", "edit", "delete")}
        assert {event for each in ours for event in each.events} == wanted
        assert len(ours) == len(wanted)
        assert all(each.live for each in ours)
    made = (await world.keap.post("/rest/v2/contacts", json=CONTACT, params={"fields": "id"})).json()
    await until(lambda: world.heard)
    assert [(hint.side, hint.entity, hint.id, hint.event) for hint in world.heard] == [("keap", "contact", made["id"], "contact.add")]


async def test_the_erp_announces_with_a_signature_that_is_believed(world: World, listening: Settings) -> None:
    """Its secret is kept."""
    async with world.account(listening, "erp") as (place, account):
        for _ in range(2):
            assert len(await ensure(place, account, world.secrets)) == 1
    made = (await world.erp.post("/api/v1/customers", json={"name": "Firm"})).json()
    await until(lambda: world.heard)
    assert [(hint.side, hint.entity, hint.id) for hint in world.heard] == [("erp", "customer", made["id"])]


async def test_a_secret_that_was_lost_is_replaced(world: World, listening: Settings) -> None:
    """By another subscription: nobody tells it twice."""
    async with world.account(listening, "erp") as (place, account):
        (before,) = await ensure(place, account, world.secrets)
        await asyncio.to_thread((world.folder / "secrets" / "main-erp.secret").unlink)
        (after,) = await ensure(place, account, world.secrets)
    assert before.key != after.key
    assert world.secrets.read("main")


async def test_an_inactive_subscription_is_brought_back(world: World, listening: Settings) -> None:
    """Keap gave it up while the receiver was away."""
    async with world.account(listening, "keap") as (place, account):
        await ensure(place, account, world.secrets)
        world.receiver.places.clear()  # type: ignore[attr-defined]
        await world.keap.post("/rest/v2/contacts", json=CONTACT)
        async with asyncio.timeout(20):
            while all(each.live for each in await account.subscriptions()):  # noqa: ASYNC110 - the server changes it
                await asyncio.sleep(0.02)
        world.receiver.places.append(("main", "keap"))  # type: ignore[attr-defined]
        assert all(each.live for each in await ensure(place, account, world.secrets))


async def test_subscriptions_under_a_former_path_are_ended_and_those_of_others_left(world: World, listening: Settings) -> None:
    """A secret that changes changes every address."""
    await world.keap.post("/rest/v1/hooks", json={"eventKey": "contact.add", "hookUrl": "http://127.0.0.1:9/somebody"})
    former = world.settings(listening.hooks.url or "", "another-secret-path")
    async with world.account(former, "keap") as (place, account):
        await ensure(place, account, world.secrets)
    async with world.account(listening, "keap") as (place, account):
        await ensure(place, account, world.secrets)
        urls = {each.url for each in await account.subscriptions()}
    assert urls == {place.url, "http://127.0.0.1:9/somebody"}


def test_without_an_address_nothing_can_be_heard() -> None:
    """Every fault in one go."""
    account = {"url": "http://127.0.0.1:9", "token": SecretStr("t")}
    keap, erp = SideSettings(**account, hooks=True), ErpSettings(**account)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError) as refused:
        places(Settings(connections={"main": ConnectionSettings(keap=keap, erp=erp)}))
    assert [fault.split(":")[0] for fault in refused.value.faults] == ["hooks.url", "hooks.secret"]
    with pytest.raises(ConfigurationError, match="no account has them on"):
        places(Settings())
