"""A worker with a registry: the process from its start to its stop, the registry there, away and back."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from msgspec.structs import replace

import schemas
from connectors.registry import Confluent, Registry
from sandbox.broker.configuration import free_port
from sandbox.broker.jars import install_jars
from sandbox.http.run import background
from sandbox.keap.server import build_app
from schemas import codec
from schemas.codec import encode
from schemas.flows import FLOWS, SIDES, entity_of
from schemas.framing import SingleObject
from schemas.records import Change, Command, DeadLetter, ScanMark
from schemas.store import full_name
from streams.admin import create_topics
from streams.clients import producer, read_to_end
from streams.clock import now_ms
from streams.settings import Settings
from streams.topics import CHANGES, COMMANDS, DEAD_LETTERS
from tests.broker import start_broker, stop_broker
from tests.connectors.registry.newer import newer_schema, write_newer
from tests.engine.polling import wait_for
from tests.registry import RunningRegistry

pytestmark = pytest.mark.broker
TOKEN = "for-this-test"  # noqa: S105 - guards nothing
NOBODY = "http://127.0.0.1:1"
UNAVAILABLE, MISCONFIGURED = 69, 78
SYNC = [sys.executable, "-m", "console", "sync"]


@dataclass
class Deployment:
    """A broker of its own, since the worker's topics have fixed names, and how a worker is told of it."""

    settings: Settings
    environment: dict[str, str]

    def command(self) -> list[str]:
        """Return the command line of the worker."""
        return SYNC

    def send(self, *values: bytes) -> None:
        """Produce to `changes`."""
        client = producer(self.settings.kafka)
        for value in values:
            client.produce(CHANGES, value, b"key", partition=0)
        assert client.flush(20) == 0

    def created(self) -> list[str]:
        """Return the first names of the ERP contacts to be created, in order; every command has the registry's form, nothing is refused."""
        assert self.dead_letters() == []
        values = [message.value() for message in read_to_end(self.settings.kafka, COMMANDS["erp"], 0)]
        assert all(value[0] == 0 for value in values)
        return [str(command.fields["first_name"]) for command in map(codec.decode, values) if isinstance(command, Command)]

    def dead_letters(self) -> list[DeadLetter]:
        """Return what was refused."""
        return [codec.expect(message.value(), DeadLetter) for message in read_to_end(self.settings.kafka, DEAD_LETTERS, 0)]


@pytest.fixture
def keap() -> Iterator[str]:
    """Serve the account that the worker asks for its custom fields."""
    with background(build_app(token=TOKEN)) as url:
        yield url


@pytest.fixture
def deployment(registry: RunningRegistry, keap: str, tmp_path: Path) -> Iterator[Deployment]:
    """Yield a deployment whose topics exist; this process writes in the registry's form meanwhile."""
    install_jars()
    port = free_port()
    child = start_broker(str(tmp_path / "broker"), port)
    settings = Settings(kafka=f"127.0.0.1:{port}", partitions=1, registry_url=registry.url)
    create_topics(settings)
    own = {"KAFKA": settings.kafka, "PARTITIONS": "1", "REGISTRY_URL": registry.url, "DATA_DIR": str(tmp_path / "data")}
    framing = Confluent(Registry(registry.url))
    framing.prepare()
    codec.use(framing)
    yield Deployment(settings, os.environ | accounts(keap) | {f"KEAPSYNC_{name}": value for name, value in own.items()})
    codec.use(SingleObject())
    stop_broker(child)


class Worker:
    """A sync worker as a process; what it logs goes to a file."""

    def __init__(self, deployment: Deployment, directory: Path) -> None:
        self._log = directory / "log"
        with self._log.open("ab") as log:
            self.child = subprocess.Popen(deployment.command(), env=deployment.environment, stdout=log, stderr=log)

    def log(self) -> str:
        """Return what it has logged."""
        return self._log.read_text()

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds, for as long as the worker runs."""

        def holds() -> bool:
            assert self.child.poll() is None
            return condition()

        wait_for(holds)

    def stop(self) -> int:
        """Send SIGTERM and return the exit code."""
        self.child.send_signal(signal.SIGTERM)
        return self.child.wait(20)

    def kill(self) -> None:
        """End it, if it still runs; what it logged belongs to a failure's report."""
        self.child.kill()
        self.child.wait()
        print(self.log())  # noqa: T201


@pytest.fixture
def start(deployment: Deployment, tmp_path: Path) -> Iterator[Callable[[], Worker]]:
    """Return a function that starts a worker."""
    workers: list[Worker] = []

    def started() -> Worker:
        workers.append(Worker(deployment, tmp_path))
        return workers[-1]

    yield started
    for each in workers:
        each.kill()


def test_known_schemas_go_on_and_an_unknown_one_is_held_until_the_registry_is_back(
    deployment: Deployment, start: Callable[[], Worker], registry: RunningRegistry
) -> None:
    """Nothing is lost, refused or overtaken; a worker that holds a record stops at once, its successor takes it up."""
    worker = start()
    marks = [ScanMark("main", side, entity_of(flow, side), "snapshot", now_ms(), 0) for flow in FLOWS for side in SIDES]
    deployment.send(encode(contact("ann")), *map(encode, marks))
    worker.until(lambda: deployment.created() == ["ann"])

    unknown, later = (write_newer(registry.url, contact(name)) for name in ("cal", "eve"))
    registry.stop()
    try:
        deployment.send(encode(contact("bob")), unknown, encode(contact("dan")))
        worker.until(lambda: deployment.created() == ["ann", "bob"] and "schema.missed" in worker.log())
        refused = subprocess.run(deployment.command(), env=deployment.environment, capture_output=True, text=True, check=False)
        assert deployment.created() == ["ann", "bob"]
    finally:
        registry.start()
    assert refused.returncode == UNAVAILABLE
    assert f"registry at {registry.url} does not answer" in refused.stderr
    worker.until(lambda: deployment.created() == ["ann", "bob", "cal", "dan"])

    registry.pause()
    try:
        deployment.send(encode(contact("flo")), later)
        worker.until(lambda: deployment.created()[4:] == ["flo"])
        assert worker.stop() == 0
    finally:
        registry.go_on()
    start().until(lambda: deployment.created()[5:] == ["eve"])


def test_a_program_whose_schema_the_registry_refuses_ends_before_it_reads_or_writes(registry: RunningRegistry, tmp_path: Path) -> None:
    """With the exit code that no supervisor answers by another start, and the registry's words; no broker is asked for anything."""
    Confluent(Registry(registry.url)).prepare()
    package, wrong = Path(schemas.__file__).parent, newer_schema(mandatory=True)
    shutil.copytree(package, tmp_path / package.name)
    (tmp_path / package.name / "avro" / "Change.avsc").write_text(json.dumps(wrong))
    # Its own folder comes first on a program's path: it has the schemas of tomorrow, all else is today's.
    own = {"PYTHONPATH": str(package.parent), "KEAPSYNC_REGISTRY_URL": registry.url, "KEAPSYNC_KAFKA": "127.0.0.1:1"}
    environment = os.environ | accounts(NOBODY) | own
    ended = subprocess.run(SYNC, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == MISCONFIGURED
    assert f"schema {full_name(Change)}: registry at {registry.url} refuses" in ended.stderr
    assert wrong["fields"][-1]["name"] in ended.stderr
    assert Registry(registry.url).find(full_name(Change), wrong) is None


def accounts(keap: str) -> dict[str, str]:
    """Return what tells a worker of one connection whose ERP is away."""
    told = {"KEAP__TOKEN": TOKEN, "KEAP__URL": keap, "ERP__TOKEN": TOKEN, "ERP__URL": NOBODY}
    return {f"KEAPSYNC_CONNECTIONS__MAIN__{name}": value for name, value in told.items()}


def contact(name: str) -> Change:
    """Return a new Keap contact."""
    fields = {"given_name": name, "family_name": "Byron", "email_addresses.EMAIL1.email": f"{name}@x.example"}
    now = now_ms()
    change = Change("main", "keap", "contact", name, "upsert", {}, now, "poll", created_at=now, updated_at=now)
    return replace(change, fields=dict(fields))
