"""Workers that are told to stop while their broker is gone: nobody else might be there to kill them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from sandbox.chaos.openings import opened
from sandbox.chaos.storm import plant
from sandbox.chaos.system import System
from sandbox.data import generate

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
OPEN_S = 120


def test_capture_ends_while_its_broker_is_gone(tmp_path: Path) -> None:
    """Its client waits for the broker to take its leave, however long that is away."""
    with System(tmp_path) as system:
        plant(system, generate(5, 1))
        system.processes.start("capture", "--config", str(system.stack.config), "capture")
        deadline = time.monotonic() + OPEN_S
        while not list(opened(system.processes.logs / "capture.log", 0)):
            assert time.monotonic() < deadline
            time.sleep(0.2)
        broker = system.processes.running.pop("broker")
        broker.kill()
        broker.wait()
        system.processes.forget("capture")
