"""The registry's archive: fetched once, whole, whoever asks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.registry.archive import RegistryError, install_archive


def test_two_processes_install_at_once(tmp_path: Path) -> None:
    """Two processes that install at the same time both succeed and leave one whole directory."""
    script = f"from pathlib import Path; from sandbox.registry import install_archive; install_archive(Path({str(tmp_path)!r}))"
    children = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
    assert [child.wait(300) for child in children] == [0, 0]
    (installed,) = [path for path in tmp_path.iterdir() if path.is_dir()]
    assert len(list(installed.glob("*-runner.jar"))) == 1


def test_an_installed_archive_needs_no_maven(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once the archive is there, Maven is not called again."""
    installed = install_archive()
    monkeypatch.setenv("PATH", os.devnull)
    assert install_archive() == installed


def test_missing_maven_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Maven the installation ends with one sentence that names it."""
    monkeypatch.setenv("PATH", os.devnull)
    with pytest.raises(RegistryError, match="mvn"):
        install_archive(tmp_path)
