"""The demo as a user runs it: it converges, proves it, stays when asked to, and goes away without a trace."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.supervise.birth import birth
from sandbox.broker.jars import CACHE, install_jars

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(420)]

ROLES = {"run", "capture", "sync", "write-keap", "write-erp", "broker", "keap", "erp"}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder to play in; the broker's jars are those that are there."""
    jars = install_jars().parent
    (tmp_path / CACHE.parent).mkdir()
    (tmp_path / CACHE).symlink_to(jars)
    return tmp_path


def demo(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `keapsync demo`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KEAPSYNC_")}
    command = [sys.executable, "-m", "console", "demo", *arguments]
    return subprocess.run(command, cwd=home, env=environment, capture_output=True, text=True, check=False)


def until(holds: Callable[[], bool], within_s: float = 60) -> None:
    """Wait for something to hold."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


def test_a_kept_demo_stays_until_it_is_stopped(home: Path):
    """Everything is equal, the file says where all is and follows a restarted worker, and `--stop` leaves nothing running."""
    file = home / ".keapsync/demo.json"
    try:
        played = demo(home, "--size", "40", "--keep")
        assert played.returncode == 0, played.stdout + played.stderr
        assert re.fullmatch(r"demo: \d+ pairs, 0 differences, 0 duplicates", played.stdout.splitlines()[-1])
        state = json.loads(file.read_text())
        assert {name: set(state[name]) for name in ("keap", "erp")} == {"keap": {"url", "token"}, "erp": {"url", "token"}}
        assert set(state) == {"kafka", "keap", "erp", "processes", "born"}
        assert set(state["processes"]) == ROLES
        assert [name for name, pid in state["processes"].items() if birth(pid) is None] == []
        os.kill(state["processes"]["sync"], signal.SIGKILL)
        until(lambda: json.loads(file.read_text())["processes"]["sync"] != state["processes"]["sync"])
        state = json.loads(file.read_text())
    finally:
        stopped = demo(home, "--stop")
    assert stopped.returncode == 0
    assert not any(birth(pid) for pid in state["processes"].values())
    assert not file.exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(("--size", "huge"), "--size: 'huge'"), (("--data", "nowhere"), "nowhere/customers.csv: No such file")],
)
def test_what_cannot_be_played_is_refused_at_once(home: Path, arguments: tuple[str, ...], says: str):
    """One sentence, and nothing was started."""
    played = demo(home, *arguments)
    assert played.returncode == 78
    assert says in played.stderr
    assert not (home / ".keapsync/demo").exists()
