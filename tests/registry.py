"""The schema registry that the tests share: one of our own, started once per session."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from connectors.tls import authorities
from sandbox.broker.configuration import HOST, free_port
from sandbox.registry.archive import install_archive
from sandbox.registry.launcher import PATH

READY_S = 60.0


class RunningRegistry:
    """A registry that can be stopped and started again, on the same port and data."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._port = free_port()
        self.url = f"http://{HOST}:{self._port}{PATH}"
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers; from then on a schema must read what the one before it wrote."""
        command = [sys.executable, "-m", "sandbox.registry", "--data", str(self._data), "--port", str(self._port)]
        self.child = subprocess.Popen(command)
        deadline = time.monotonic() + READY_S
        while time.monotonic() < deadline:
            try:
                httpx.put(f"{self.url}/config", json={"compatibility": "BACKWARD"}, timeout=5, verify=authorities()).raise_for_status()
            except httpx.HTTPError:
                if self.child.poll() is not None:
                    pytest.fail(f"the registry ended with exit code {self.child.returncode}")
                time.sleep(0.1)
            else:
                return
        self.stop()
        pytest.fail(f"the registry was not ready within {READY_S:.0f} s")

    def stop(self) -> None:
        """Kill it: nothing answers any more."""
        if self.child is not None:
            self.child.kill()
            self.child.wait()
            self.child = None

    def pause(self) -> None:
        """Freeze it: it takes connections and does not answer."""
        assert self.child is not None
        self.child.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        assert self.child is not None
        self.child.send_signal(signal.SIGCONT)


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningRegistry]:
    """Yield a running registry; a test that stops it starts it again."""
    install_archive()
    running = RunningRegistry(tmp_path_factory.mktemp("registry"))
    running.start()
    yield running
    running.stop()
