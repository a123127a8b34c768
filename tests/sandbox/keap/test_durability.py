"""The tenant as a process: what it promised survives kill -9, and SIGTERM ends it in order."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.sandbox.keap.api import V2, create, read


@contextmanager
def tenant(data: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """Run `python -m sandbox.keap` on a free port until the block ends."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "sandbox.keap", "--port", str(port), "--data", str(data), "--token", "t"]
    process = subprocess.Popen(command)
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"X-Keap-API-Key": "t"}) as client:
            _wait_until_up(client)
            yield process, client
    finally:
        process.kill()
        process.wait()


def _wait_until_up(client: httpx.Client) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            client.get("/_sandbox/health")
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the tenant did not come up")


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    """Records, the log, and the ids already given."""
    with tenant(tmp_path / "keap.db") as (process, keap):
        first = create(keap, "companies", {"company_name": "A"})["id"]
        process.kill()
        process.wait()

    with tenant(tmp_path / "keap.db") as (_, keap):
        assert [company["id"] for company in read(keap, "companies")["companies"]] == [first]
        assert [entry["id"] for entry in keap.get("/_sandbox/log").json()["entries"]] == [first]
        assert int(create(keap, "companies", {"company_name": "B"})["id"]) > int(first)
        assert len(read(keap, "opportunities/stages")["stages"]) == 5


def test_switches_survive_too(tmp_path: Path) -> None:
    """Faults and limits are as they were left."""
    with tenant(tmp_path / "keap.db") as (_, keap):
        keap.put("/_sandbox/quota", json={"per_second": 50}).raise_for_status()
        keap.put("/_sandbox/faults", json={"throttle": 1}).raise_for_status()

    with tenant(tmp_path / "keap.db") as (_, keap):
        assert keap.get("/_sandbox/quota").json()["per_second"] == 50
        assert keap.get(f"{V2}/users").status_code == 429


def test_sigterm_ends_it_in_order(tmp_path: Path) -> None:
    """Exit code 0, even with a client's connection open."""
    with tenant(tmp_path / "keap.db") as (process, keap):
        keap.get(f"{V2}/users")
        process.send_signal(signal.SIGTERM)

        assert process.wait(timeout=10) == 0
