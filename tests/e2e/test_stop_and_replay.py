"""Stopping in order, going on, and feeding all changes through again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest

from console.read_model import read_links
from sandbox.chaos.moves import Moves
from sandbox.chaos.system import System
from tests.e2e.conftest import Converged
from tests.engine.polling import wait_for

pytestmark = [pytest.mark.broker, pytest.mark.e2e]
STOP_S = 20
"""What a stop may take: a drain of what is in hand, not a time-out."""


def test_a_stop_is_orderly_and_a_restart_goes_on(converged: Converged) -> None:
    """`run` ends with 0 within seconds; an edit made meanwhile travels after the restart, and nothing else does."""
    system, calm = converged.system, converged.calm
    link = read_links(system.stack.settings).chosen("contact", "linked")[1]
    asked = time.monotonic()

    assert system.stop_workers() == 0
    assert time.monotonic() - asked < STOP_S

    system.stack.erp.patch("contact", link.erp.id or "", {"website": "https://example.com/late"})
    moves = Moves(system)
    system.run()

    wait_for(lambda: system.stack.keap.get("contact", link.keap.id or "")["website"] == "https://example.com/late")
    calm.wait()
    assert moves.since() == ["1 commands for keap", "1 writes in keap"]


def test_a_replay_writes_nothing(converged: Converged) -> None:
    """With the workers running: every change is a duplicate."""
    moves = Moves(converged.system)

    assert replay(converged.system, "2h") > 100

    converged.calm.wait()
    assert moves.since() == []


def test_a_replay_to_stopped_workers_without_their_data_writes_nothing(converged: Converged) -> None:
    """The local stores are caches: they come back from their changelogs, and then every change is a duplicate."""
    system = converged.system
    assert system.stop_workers() == 0
    shutil.rmtree(system.stack.settings.data_dir)
    moves = Moves(system)

    assert replay(system, "0") > 100
    system.run()

    converged.calm.wait()
    assert moves.since() == []


def replay(system: System, start: str) -> int:
    """Run `keapsync replay`; returns how many changes it says."""
    command = [sys.executable, "-m", "console", "--config", str(system.stack.config), "replay", "--from", start]
    ours = {name: value for name, value in os.environ.items() if not name.startswith("KEAPSYNC_")}
    said = subprocess.run(command, check=True, capture_output=True, text=True, env=ours).stdout
    return int(said.split()[1])
