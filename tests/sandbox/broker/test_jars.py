"""The broker's jars: fetched once, whole, whoever asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.broker.jars import BrokerError, install_jars


def test_two_processes_install_at_once(tmp_path: Path) -> None:
    """Two processes that install at the same time both succeed and leave one whole directory."""
    script = f"from pathlib import Path; from sandbox.broker import install_jars; install_jars(Path({str(tmp_path)!r}))"
    children = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [child.wait(300) for child in children] == [0, 0]
    (jars,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert any(jar.name.startswith("kafka_2.13") for jar in jars.iterdir())


def test_installed_jars_need_no_maven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the jars are there, Maven is not called again."""
    jars = install_jars()
    monkeypatch.setenv("PATH", os.devnull)
    assert install_jars() == jars


def test_missing_maven_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Maven the installation ends with one sentence that names it."""
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(BrokerError, match="mvn"):
        install_jars(tmp_path)
