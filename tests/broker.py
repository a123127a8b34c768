"""The broker that the tests share: `KEAPSYNC_KAFKA` when set, else one of our own, started once per run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping

import pytest
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from sandbox.broker.configuration import free_port
from sandbox.broker.jars import install_jars
from tests.shared import shared

READY_S = 120.0  # five seconds on an idle machine


def start_broker(data: str, port: int, *more: str) -> subprocess.Popen[bytes]:
    """Start a broker as a child process and wait until it answers."""
    child = subprocess.Popen([sys.executable, "-m", "sandbox.broker", "--data", data, "--port", str(port), *more])
    admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{port}", "log_level": 0})
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            admin.list_topics(timeout=1)
        except KafkaException:
            if child.poll() is not None:
                pytest.fail(f"the broker ended with exit code {child.returncode}")
        else:
            return child
    child.kill()
    child.wait()
    pytest.fail(f"the broker was not ready within {READY_S:.0f} s")


def stop_broker(child: subprocess.Popen[bytes]) -> None:
    """Stop a broker by its pid; kill it when it does not end by itself."""
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def create_topics(bootstrap: str, partitions: Mapping[str, int], config: Mapping[str, str] | None = None) -> None:
    """Create topics (name -> number of partitions, one replica) and wait until they are there."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    topics = [NewTopic(name, count, 1, config=dict(config or {})) for name, count in partitions.items()]
    for created in admin.create_topics(topics, operation_timeout=20).values():
        created.result(30)
    deadline = time.monotonic() + READY_S
    while any(len(_partitions(admin, name)) < count for name, count in partitions.items()):  # made, but not told to all yet
        assert time.monotonic() < deadline, f"{sorted(partitions)} do not show"


def _partitions(admin: AdminClient, name: str) -> Mapping[int, object]:
    found = admin.list_topics(name, timeout=10).topics[name]
    return {} if found.error else found.partitions


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Yield the bootstrap address of a running broker."""
    given = os.environ.get("KEAPSYNC_KAFKA")
    if given:
        yield given
        return
    base = tmp_path_factory.getbasetemp()
    run = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def start() -> tuple[str, subprocess.Popen[bytes]]:
        install_jars()
        port = free_port()
        return f"127.0.0.1:{port}", start_broker(str(tmp_path_factory.mktemp("broker")), port)

    with shared(run, start) as address:
        yield address


@pytest.fixture
def topic(broker: str) -> Callable[..., str]:
    """Return a function that creates a topic of a unique name: `topic("changes", partitions=4, **config)`."""

    def create(name: str, partitions: int = 1, **config: str) -> str:
        unique = f"{name}-{uuid.uuid4().hex[:8]}"
        create_topics(broker, {unique: partitions}, {key.replace("_", "."): value for key, value in config.items()})
        return unique

    return create
