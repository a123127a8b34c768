"""The supervisor restarts what dies, stops all together, and gives up where starting again cannot help."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

DEADLINE_S = 30.0
SLEEPS = "import time; time.sleep(600)"
ENDS_WITH_ITS_SUPERVISOR = "import sys; sys.stdin.read()"
MISCONFIGURED = "import sys; sys.exit(78)"
FAILS = "import sys; sys.exit(1)"
SUPERVISOR = """
import asyncio, json, pathlib, sys
from console.supervise import Worker, supervise
workers = [Worker(name, (sys.executable, "-c", code)) for name, code in json.loads(sys.argv[2]).items()]
sys.exit(asyncio.run(supervise(workers, {"GREETING": "hello"}, pathlib.Path(sys.argv[1]))))
"""


class Supervised:
    """A supervisor in its own process, and what its state file says."""

    def __init__(self, state: Path, **workers: str) -> None:
        self.state = state
        self.process = subprocess.Popen([sys.executable, "-c", SUPERVISOR, str(state), json.dumps(workers)])

    def pids(self) -> dict[str, int]:
        """The pids by name."""
        found: dict[str, int] = json.loads(self.state.read_text())["processes"] if self.state.exists() else {}
        return found

    def started(self, *names: str) -> dict[str, int]:
        """The pids, once all of `names` run."""
        until(lambda: {"run", *names} <= self.pids().keys())
        return self.pids()


def alive(pid: int) -> bool:
    """Whether a process runs and is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(holds: Callable[[], bool]) -> None:
    """Wait for something to hold."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Callable[..., Supervised]]:
    """Start a supervisor of the given workers; ended with the test."""
    running: list[Supervised] = []

    def start(**workers: str) -> Supervised:
        running.append(Supervised(tmp_path / "state.json", **workers))
        return running[-1]

    yield start
    for each in running:
        each.process.terminate()
        each.process.wait(DEADLINE_S)


def test_all_stop_together(supervise: Callable[..., Supervised]):
    """SIGTERM ends the supervisor with 0 and leaves no child behind."""
    supervised = supervise(a=SLEEPS, b=SLEEPS)
    pids = supervised.started("a", "b")
    assert pids["run"] == supervised.process.pid
    supervised.process.send_signal(signal.SIGTERM)
    assert supervised.process.wait(DEADLINE_S) == 0
    assert not any(alive(pid) for pid in pids.values())
    assert set(supervised.pids().values()) == {None}


def test_a_killed_child_is_started_again(supervise: Callable[..., Supervised]):
    """The state file then names the new pid, and the other child is the same as before."""
    supervised = supervise(a=SLEEPS, b=SLEEPS)
    before = supervised.started("a", "b")
    os.kill(before["a"], signal.SIGKILL)
    until(lambda: supervised.pids()["a"] != before["a"])
    assert supervised.pids()["b"] == before["b"]


def test_a_child_that_keeps_failing_waits_longer_each_time(supervise: Callable[..., Supervised]):
    """Three starts take at least the two waits before them."""
    begun = time.monotonic()
    supervised = supervise(a=FAILS)
    supervised.started("a")
    seen = {supervised.pids()["a"]}
    while len(seen) < 3:
        until(lambda: supervised.pids()["a"] not in seen)
        seen.add(supervised.pids()["a"])
    assert time.monotonic() - begun > 0.5 + 1.0


def test_a_misconfigured_child_stops_all(supervise: Callable[..., Supervised]):
    """Its exit code becomes the supervisor's: starting again could not help."""
    supervised = supervise(a=MISCONFIGURED, b=SLEEPS)
    assert supervised.process.wait(DEADLINE_S) == 78
    assert not alive(supervised.pids().get("b", 0))


def test_a_child_that_worked_before_is_believed_the_third_time(supervise: Callable[..., Supervised], tmp_path: Path):
    """A broker that comes back may not know its topics yet; if it never does, all stop."""
    starts = tmp_path / "starts"
    once_good = f"import sys, pathlib; p = pathlib.Path({str(starts)!r}); n = len(p.read_text()) if p.exists() else 0"
    supervised = supervise(a=f"{once_good}; p.write_text('x' * (n + 1)); sys.exit(78 if n else 1)")
    assert supervised.process.wait(DEADLINE_S) == 78
    assert len(starts.read_text()) == 1 + 3


def test_no_child_outlives_a_killed_supervisor(supervise: Callable[..., Supervised]):
    """After kill -9 of the supervisor the children's standard input closes, which is their sign to end."""
    supervised = supervise(a=ENDS_WITH_ITS_SUPERVISOR)
    pids = supervised.started("a")
    supervised.process.kill()
    supervised.process.wait(DEADLINE_S)
    until(lambda: not alive(pids["a"]))


def test_children_get_the_environment_they_are_given(supervise: Callable[..., Supervised], tmp_path: Path):
    """Options of the supervisor reach them as variables."""
    greeting = tmp_path / "greeting"
    supervise(a=f"import os, pathlib; pathlib.Path({str(greeting)!r}).write_text(os.environ['GREETING']); {SLEEPS}")
    until(lambda: greeting.exists() and greeting.read_text() == "hello")


def test_what_else_the_state_file_holds_stays(supervise: Callable[..., Supervised], tmp_path: Path):
    """The demo's addresses and servers are in the same file."""
    (tmp_path / "state.json").write_text('{"kafka": "127.0.0.1:1", "processes": {"broker": 1}}')
    supervised = supervise(a=SLEEPS)
    until(lambda: "a" in supervised.pids())
    assert json.loads(supervised.state.read_text())["kafka"] == "127.0.0.1:1"
    assert supervised.pids()["broker"] == 1
