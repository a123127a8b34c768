"""Processes are ended by pid, and only ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.demo.processes import alive, end_by_pid
from sandbox.demo.stack import prepare, stop
from schemas.errors import ConfigurationError


def test_somebody_elses_process_is_left_alone():
    """A pid in an old file may be anybody's by now."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as other:
        assert not alive(other.pid)
        assert end_by_pid({"capture": other.pid, "broker": None}) == []
        assert other.poll() is None
        other.kill()


def test_stopping_nothing_is_no_error(tmp_path: Path):
    """There may be no demo."""
    assert stop(tmp_path) == []


def test_a_second_demo_is_refused_while_one_runs(tmp_path: Path):
    """It would take the first one's folder away."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-m console"]) as running:
        (tmp_path / "demo.json").write_text(f'{{"processes": {{"run": {running.pid}, "broker": null}}}}')
        with pytest.raises(ConfigurationError, match="a demo is running"):
            prepare(tmp_path)
        assert stop(tmp_path) == ["run"]
        running.wait(30)
    assert not (tmp_path / "demo.json").exists()
    assert not list(tmp_path.iterdir())
