"""What a call has answered survives kill -9."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.sandbox.erp.client import TOKEN, ErpClient

DEADLINE_S = 30


def free_port() -> int:
    """Find a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


@contextmanager
def running(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], ErpClient]]:
    """Run the server as a process of its own for as long as the block lasts."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox.erp", "--port", str(port), "--data", str(data), "--token", TOKEN]
    with subprocess.Popen(command) as process, ErpClient(f"http://127.0.0.1:{port}") as client:
        try:
            wait_until_healthy(client)
            yield process, client
        finally:
            process.kill()


def wait_until_healthy(client: ErpClient) -> None:
    """Poll the health of a server that is starting."""
    deadline = time.monotonic() + DEADLINE_S
    while time.monotonic() < deadline:
        try:
            if client.get(f"{client.sandbox}/health").json() == {"ok": True}:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the server did not start")


def test_kill_9_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    """Every record answered is there after the restart, its key still good, and ids go on where they were."""
    answered: dict[str, str] = {}

    with running(tmp_path / "erp.db") as (process, client):
        client.switch("habits", trim=True)

        def write() -> None:
            for number in range(100_000):
                key = f"key-{number}"
                try:
                    answer = client.post("/customers", json={"name": key}, headers={"Idempotency-Key": key})
                except httpx.TransportError:
                    return
                answered[key] = answer.json()["id"]

        writer = threading.Thread(target=write)
        writer.start()
        deadline = time.monotonic() + DEADLINE_S
        while len(answered) < 50 and time.monotonic() < deadline:
            time.sleep(0.005)
        os.kill(process.pid, signal.SIGKILL)
        writer.join()

    assert len(answered) >= 50
    with running(tmp_path / "erp.db") as (_, client):
        for key, record_id in answered.items():
            again = client.post("/customers", json={"name": key}, headers={"Idempotency-Key": key})
            assert (again.status_code, again.json()["id"]) == (200, record_id)
        committed = {entry["id"] for entry in client.get(f"{client.sandbox}/log").json()["entries"] if entry["committed"]}
        assert set(answered.values()) <= committed
        assert client.make("customers", name="new ")["name"] == "new"
        assert client.make("customers", name="newer")["id"] not in committed
