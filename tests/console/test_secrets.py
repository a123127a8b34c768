"""Planted secrets are searched for wherever anybody may look: logs, tracebacks, topics, dead letters, what commands print, local stores."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from connectors.oauth.keeper import now_ms
from connectors.oauth.login import begin, finish
from console.read_model.records import read_records
from sandbox.broker.configuration import free_port
from sandbox.broker.jars import install_jars
from sandbox.data import generate
from sandbox.demo.servers import Server
from sandbox.erp.server import build_app as build_erp
from sandbox.http.run import background
from sandbox.keap.server import build_app as build_keap
from schemas.records import DeadLetter
from streams.clients import admin, read_to_end
from streams.settings import Settings, load
from streams.topics import DEAD_LETTERS
from tests.broker import start_broker, stop_broker
from tests.console.gossip import WRITES, Gossip

pytestmark = [pytest.mark.broker, pytest.mark.e2e]

KEY, ERP, SECRET, HOOKS = "KeapAK-planted-5f1c", "erp-planted-77aa", "client-planted-90b2", "hooks-planted-c48e"
URI = "http://127.0.0.1:1/callback"
LIVES_S = 4
"""Of an access token: some are renewed while the workers run."""
DEADLINE_S = 120.0


@dataclass
class Deployment:
    """Settings with secrets in files and in the environment, workers, and all they say; `hooks` is where the receiver listens."""

    folder: Path
    config: Path
    environment: dict[str, str]
    hooks: str
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Return the settings as a process has them."""
        with pytest.MonkeyPatch.context() as patch:
            for name, value in self.environment.items():
                patch.setenv(name, value)
            return load(self.config)

    def start(self, *words: str) -> None:
        """Start a worker that logs everything."""
        with (self.folder / f"{'-'.join(words)}.log").open("ab") as log:
            command = [sys.executable, "-m", "console", "--verbose", "--config", str(self.config), *words]
            self.workers["-".join(words)] = subprocess.Popen(command, env=os.environ | self.environment, stdout=log, stderr=log)

    def run(self, *commands: str) -> list[int]:
        """Run commands side by side to their ends."""
        for command in commands:
            self.start(*command.split())
        return [self.workers[command.replace(" ", "-")].wait(120) for command in commands]

    def said(self) -> dict[str, bytes]:
        """Return everything that was printed, by command."""
        return {path.name: path.read_bytes() for path in self.folder.glob("*.log")}


@pytest.fixture
def kafka(tmp_path: Path) -> Iterator[str]:
    """Run a broker of our own: every topic on it is searched."""
    install_jars()
    port = free_port()
    child = start_broker(str(tmp_path / "broker"), port)
    yield f"127.0.0.1:{port}"
    stop_broker(child)


@contextmanager
def deployed(folder: Path, kafka: str, keap: str, erp: str) -> Iterator[Deployment]:
    """Write the settings: one connection by OAuth, one by a service account key in a header of its own."""
    (folder / "erp-token").write_text(f"{ERP}\n")
    (folder / "hooks-secret").write_text(f"{HOOKS}\n")
    port = free_port()
    config = folder / "keapsync.yaml"
    config.write_text(f"""\
kafka: {kafka}
data_dir: {folder / "data"}
hooks: {{url: "http://127.0.0.1:{port}", port: {port}}}
connections:
  first:
    keap:
      url: {keap}
      per_second: 200
      poll_s: 0.5
      replica_lag_s: 0.1
      hooks: true
      oauth: {{client_id: keap-sandbox-client, token_file: {folder / "tokens.json"}, token_url: {keap}/token}}
    erp: {{url: {erp}, per_second: 200, poll_s: 0.5, replica_lag_s: 0.1, hooks: true}}
  second:
    keap: {{url: {keap}, header: x-keap-api-key, per_second: 200, poll_s: 0.5}}
    erp: {{url: {erp}, per_second: 200, poll_s: 0.5, token: {ERP}}}
""")
    environment = {
        "KEAPSYNC_CONNECTIONS__FIRST__KEAP__OAUTH__CLIENT_SECRET": SECRET,
        "KEAPSYNC_CONNECTIONS__FIRST__ERP__TOKEN_FILE": str(folder / "erp-token"),
        "KEAPSYNC_CONNECTIONS__SECOND__KEAP__TOKEN": KEY,
        "KEAPSYNC_HOOKS__SECRET_FILE": str(folder / "hooks-secret"),
    }
    deployment = Deployment(folder, config, environment, f"http://127.0.0.1:{port}")
    try:
        yield deployment
    finally:
        for worker in deployment.workers.values():
            worker.send_signal(signal.SIGTERM)
        for worker in deployment.workers.values():
            worker.wait(60)


def until(true: Callable[[], bool], what: str) -> None:
    """Wait for something to be so."""
    deadline = time.monotonic() + DEADLINE_S
    while not true():
        assert time.monotonic() < deadline, f"no {what} within {DEADLINE_S} s"
        time.sleep(0.25)


def test_no_secret_is_told_anywhere(tmp_path: Path, kafka: str):
    """Servers that repeat what they hear, tokens renewed and at last refused, a traceback: none of it tells a secret."""
    gossips = Gossip(build_keap(token=KEY)), Gossip(build_erp(token=ERP))
    with background(gossips[0]) as keap, background(gossips[1]) as erp, deployed(tmp_path, kafka, keap, erp) as deployment:
        known = _prepare(deployment, keap, erp) | _heard(deployment, gossips[1])
        for words in (("capture",), ("sync",), ("write", "keap"), ("write", "erp")):
            deployment.start(*words)
        settings = deployment.settings

        def refused_on() -> set[str | None]:
            return {letter.side for letter in read_records(settings, DEAD_LETTERS, DeadLetter) if letter.stage.startswith("write")}

        until(lambda: refused_on() == {"keap", "erp"}, "dead letter of each side")
        gossips[0].odd = True
        until(lambda: b"Traceback" in deployment.said()["capture.log"], "traceback")
        rotated: int = httpx.get(f"{keap}/_sandbox/oauth").json()["rotated"]
        until(lambda: httpx.get(f"{keap}/_sandbox/oauth").json()["rotated"] > rotated, "renewal")
        known |= _tokens(deployment)
        gossips[0].tokens = 400
        until(lambda: deployment.workers["capture"].poll() is not None, "end of a worker whose tokens are refused")
        deployment.run("check", "status", "dead-letters list", "review list", "links 1", "keap token --renew")
        _search(deployment, known)


def _prepare(deployment: Deployment, keap: str, erp: str) -> set[str]:
    """Seed both systems, log in, create the topics; returns the secrets there are."""
    seeds = generate(10)
    httpx.put(f"{keap}/_sandbox/oauth", json={"client_secret": SECRET, "access_s": LIVES_S, "revokes": True}).raise_for_status()
    for side, url, token in (("keap", keap, KEY), ("erp", erp, ERP)):
        server = Server(side, url, token)  # type: ignore[arg-type]
        server.allow(1000)
        server.seed(seeds.keap if side == "keap" else seeds.erp)
        server.close()
    oauth = deployment.settings.connections["first"].keap.oauth
    assert oauth is not None
    login = begin(oauth.client(), URI)
    page = login.page.replace(oauth.authorize_url, f"{keap}/app/oauth/authorize")
    code = login.code_of(httpx.post(page).headers["location"])
    asyncio.run(finish(login, code, oauth.store(), now_ms))
    assert deployment.run("topics create") == [0]
    assert deployment.run("check") == [0], deployment.said()["check.log"].decode()
    return {KEY, ERP, SECRET, code, oauth.client().basic} | _tokens(deployment)


def _heard(deployment: Deployment, erp: Gossip) -> set[str]:
    """Receive hooks, of an ERP that takes a subscription and a Keap that refuses, and what no hook is; returns the secrets there are."""
    kept = deployment.folder / "data" / "hooks" / "first-erp.secret"
    erp.refused = frozenset()
    deployment.start("hooks")
    until(kept.exists, "subscription at the ERP")
    erp.refused = WRITES

    def answer(side: str, body: object) -> int:
        return httpx.post(f"{deployment.hooks}/{HOOKS}/first/{side}", json=body).status_code

    until(lambda: answer("keap", {"event_key": "contact.edit", "object_keys": [{"id": "1"}]}) == httpx.codes.NO_CONTENT, "hint")
    assert [answer("keap", {}), answer("erp", {})] == [400, 401]
    deployment.run("hooks subscribe", "hooks list")
    signing = kept.read_text()
    return {HOOKS, signing, signing.removeprefix("whsec_")}


def _tokens(deployment: Deployment) -> set[str]:
    oauth = deployment.settings.connections["first"].keap.oauth
    tokens = oauth.store().read() if oauth else None
    assert tokens is not None
    return {tokens.access, tokens.refresh}


def _search(deployment: Deployment, secrets: set[str]) -> None:
    said = deployment.said()
    assert b"log in again" in said["capture.log"]
    assert all(b"/***/first/keap" in said[f"{each}.log"] for each in ("hooks", "hooks-subscribe")), "Keap did not repeat the address"
    assert b"***" in b"".join(said.values()), "no server repeated a secret: nothing was tested"
    places = said | dict(_topics(deployment.settings)) | dict(_stored(deployment.folder / "data"))
    spellings = {secret.encode() for secret in secrets} | {base64.b64encode(secret.encode()).rstrip(b"=") for secret in secrets}
    found = {place: line for place, told in places.items() for line in told.splitlines() if any(each in line for each in spellings)}
    assert not found


def _topics(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Yield all bytes of every partition there is."""
    for name, topic in admin(settings.kafka).list_topics(timeout=30).topics.items():
        for partition in topic.partitions:
            told = [b"\n".join([message.key() or b"", message.value() or b""]) for message in read_to_end(settings.kafka, name, partition)]
            yield f"{name}/{partition}", b"\n".join(told)


def _stored(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Yield the local stores, logs of the store's own included; in `hooks` secrets are kept on purpose."""
    for path in folder.rglob("*"):
        if path.is_file() and path.parent != folder / "hooks":
            yield str(path), path.read_bytes()
