"""Processes are ended by pid and moment of birth, and only ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.supervise import state_file
from console.supervise.birth import birth
from sandbox.demo.processes import Noted, end_by_pid
from sandbox.demo.stack import prepare, processes_of, stop
from schemas.errors import ConfigurationError


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """Run a process that looks like one of ours."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-m console"]) as process:
        yield process
        process.kill()


def test_a_process_keeps_its_moment_of_birth(sleeper: subprocess.Popen[bytes]):
    """It is told alike however often it is asked for, and differs from another's; the dead have none."""
    assert birth(sleeper.pid) == birth(sleeper.pid) is not None
    assert birth(sleeper.pid) != birth(os.getpid())
    sleeper.kill()
    sleeper.wait()
    assert birth(sleeper.pid) is None


@pytest.mark.parametrize("born", ["another moment", None])
def test_a_pid_that_was_given_out_again_is_left_alone(sleeper: subprocess.Popen[bytes], born: str | None):
    """Even when its new owner is a keapsync, too; a file that does not say when is believed in nothing."""
    assert end_by_pid({"capture": Noted(sleeper.pid, born)}) == []
    assert sleeper.poll() is None


def test_stopping_nothing_is_no_error(tmp_path: Path):
    """There may be no demo, or a file that is none of ours."""
    assert stop(tmp_path) == []
    (tmp_path / "demo.json").write_text("{ half")
    assert stop(tmp_path) == []


def test_a_second_demo_is_refused_while_one_runs(tmp_path: Path, sleeper: subprocess.Popen[bytes]):
    """It would take the first one's folder away."""
    state_file.note(tmp_path / "demo.json", {"run": sleeper.pid})
    with pytest.raises(ConfigurationError, match="a demo is running"):
        prepare(tmp_path)
    assert stop(tmp_path) == ["run"]
    sleeper.wait(30)
    assert not (tmp_path / "demo.json").exists()
    assert not list(tmp_path.iterdir())


def test_a_stale_file_is_in_nobodys_way(tmp_path: Path, sleeper: subprocess.Popen[bytes]):
    """Its pids belong to strangers by now."""
    stale = {"processes": {"run": sleeper.pid, "broker": None}, "born": {"run": "long ago"}}
    (tmp_path / "demo.json").write_text(json.dumps(stale))
    assert prepare(tmp_path).folder == tmp_path / "demo"
    assert stop(tmp_path) == []
    assert sleeper.poll() is None


def test_what_has_ended_is_taken_out_of_the_file(tmp_path: Path, sleeper: subprocess.Popen[bytes]):
    """The others stay; a file that was removed is not written anew."""
    file = tmp_path / "demo.json"
    state_file.note(file, {"run": sleeper.pid, "erp": os.getpid()})
    state_file.forget(file, ["run"])
    assert processes_of(file) == {"erp": Noted(os.getpid(), birth(os.getpid()))}
    file.unlink()
    state_file.forget(file, ["erp"])
    assert not file.exists()
