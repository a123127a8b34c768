"""Subscriptions at the Keap simulator and the reference ERP: made, watched, brought back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from structlog.testing import capture_logs

from connectors.auth import TokenAuth
from connectors.budget import Pacer, Policy
from connectors.hooks import Announcer
from connectors.http import Api
from connectors.keap.hooks import KeapHooks
from connectors.tls import authorities
from sandbox.erp.server import DEFAULT_TOKEN as ERP_TOKEN
from sandbox.erp.server import build_app as build_erp
from sandbox.http.run import background
from sandbox.keap.server import DEFAULT_TOKEN as KEAP_TOKEN
from sandbox.keap.server import build_app as build_keap
from schemas.errors import ConfigurationError, RejectedError
from schemas.records import Hint
from streams.hooks.app import Receiver
from streams.hooks.places import Place, announcer, places
from streams.hooks.secrets import Secrets
from streams.hooks.settings import HooksSettings
from streams.hooks.watch import WATCH_S, ensure, watch
from streams.settings import ConnectionSettings, ErpSettings, FlowSettings, Settings, SideSettings
from tests.console.gossip import Gossip
from tests.virtual import VirtualLoop

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
        self.keap = httpx.AsyncClient(base_url=keap, headers={"authorization": f"Bearer {KEAP_TOKEN}"}, verify=authorities())
        self.erp = httpx.AsyncClient(base_url=erp, headers={"authorization": f"Bearer {ERP_TOKEN}"}, verify=authorities())
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


@pytest.mark.parametrize("side", ["keap", "erp"])
async def test_a_refusal_that_quotes_the_address_does_not_tell_its_secret(tmp_path: Path, side: str) -> None:
    """What a server says goes into logs and onto terminals."""
    with background(Gossip(build_keap())) as keap, background(Gossip(build_erp())) as erp:
        world = World(keap, erp, tmp_path)
        async with world.account(world.settings("http://127.0.0.1:9"), side) as (place, account):
            with pytest.raises(RejectedError) as refused:
                await ensure(place, account, world.secrets)
        await world.keap.aclose()
        await world.erp.aclose()
    assert f"http://127.0.0.1:9/***/main/{side}" in str(refused.value)
    assert PATH not in str(refused.value)


class Away:
    """Keap's `/hooks`, for an account that answers from some time on; hands are shaken at once."""

    def __init__(self, back_at_s: float = 0) -> None:
        self.hooks: list[dict[str, str]] = []
        self._back_at_s = back_at_s

    def manager(self) -> Announcer:
        """Return who manages its subscriptions, on the loop's time."""
        app = Starlette(routes=[Route("/hooks", self._answer, methods=["GET", "POST"])])
        pacer = Pacer(Policy(1000), clock=lambda: asyncio.get_running_loop().time())
        return KeapHooks(Api("keap", "http://keap", TokenAuth("t"), pacer, transport=httpx.ASGITransport(app)))

    async def _answer(self, request: Request) -> Response:
        if asyncio.get_running_loop().time() < self._back_at_s:
            return Response(status_code=503)
        if request.method == "GET":
            return JSONResponse(self.hooks)
        self.hooks.append({"key": str(len(self.hooks)), "status": "Verified", **await request.json()})
        return JSONResponse(self.hooks[-1])


def test_an_account_that_does_not_answer_is_looked_at_again_every_minute(tmp_path: Path) -> None:
    """A line says so each time; the others are looked after meanwhile."""
    accounts = {"away": Away(2.5 * WATCH_S), "here": Away()}
    managers = {
        Place(name, "keap", "http://us", f"http://us/{PATH}/{name}/keap", ("contact",)): each.manager() for name, each in accounts.items()
    }

    def subscribed() -> dict[str, int]:
        return {name: len(each.hooks) for name, each in accounts.items()}

    async def watched_for(seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await watch(managers, Secrets(tmp_path))

    with asyncio.Runner(loop_factory=VirtualLoop) as runner, capture_logs() as lines:
        runner.run(watched_for(2 * WATCH_S + 5))
        assert [line["connection"] for line in lines if line["event"] == "hooks.unwatched"] == ["away"] * 3
        assert subscribed() == {"away": 0, "here": 3}
        runner.run(watched_for(2 * WATCH_S))
    assert subscribed() == {"away": 3, "here": 3}


def test_without_an_address_nothing_can_be_heard() -> None:
    """Every fault in one go."""
    account = {"url": "http://127.0.0.1:9", "token": SecretStr("t")}
    keap, erp = SideSettings(**account, hooks=True), ErpSettings(**account)  # type: ignore[arg-type]
    with pytest.raises(ConfigurationError) as refused:
        places(Settings(connections={"main": ConnectionSettings(keap=keap, erp=erp)}))
    assert [fault.split(":")[0] for fault in refused.value.faults] == ["hooks.url", "hooks.secret"]
    with pytest.raises(ConfigurationError, match="no account has them on"):
        places(Settings())
