"""The files at the top of the tree say what is true."""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from console.cli import app
from streams.settings import load

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """docker-compose.yml, its anchors resolved."""
    document: dict[str, Any] = YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text())
    return document


def test_the_example_configuration_can_be_used():
    """It loads, with one connection to fill in."""
    assert list(load(ROOT / "keapsync.example.yaml").connections) == ["main"]


def test_the_stack_names_only_what_it_has(compose: dict[str, Any]):
    """Each service has an image or a build; what it depends on and mounts is there."""
    assert set(compose) - {key for key in compose if key.startswith("x-")} == {"name", "services", "volumes"}
    for service in compose["services"].values():
        assert service.keys() & {"image", "build"}
        assert set(service.get("depends_on", ())) <= compose["services"].keys()
        assert {mount.split(":")[0] for mount in service.get("volumes", ())} <= compose["volumes"].keys()


def test_the_stack_runs_the_broker_of_the_sandbox(compose: dict[str, Any]):
    """One version of Kafka everywhere."""
    version = re.search(r"<artifactId>kafka_2\.13</artifactId>\s*<version>(.+)</version>", (ROOT / "sandbox/broker/pom.xml").read_text())
    assert version
    assert compose["services"]["kafka"]["image"] == f"apache/kafka:{version[1]}"


def test_the_stacks_settings_are_settings(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    """The workers' environment alone is a whole configuration, and their commands are commands."""
    for name, value in compose["services"]["workers"]["environment"].items():
        monkeypatch.setenv(name, value)
    assert load().kafka == "kafka:9092"
    for name in ("keap", "erp", "topics", "workers"):
        command = [word for word in compose["services"][name]["command"] if not word.startswith(("-", "/", "0", "8"))]
        assert CliRunner().invoke(app, [*command, "--help"]).exit_code == 0


def test_ci_runs_the_tests():
    """Through make, and it can be executed."""
    path = ROOT / ".ci" / "run"
    assert os.access(path, os.X_OK)
    assert path.read_text().splitlines()[-1] == "exec make test"


def test_the_lock_has_versions_only_and_all_that_is_needed():
    """No place, no hash; each requirement of the project is in it."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!-]+", line) for line in lines)
    locked = {line.split("==")[0].lower().replace("_", "-") for line in lines}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    assert {re.split(r"[=<>~\[ ]", each)[0].lower().replace("_", "-") for each in wanted} <= locked


def test_the_readme_names_commands_that_exist():
    """Every `keapsync ...` in it is a command."""
    blocks = "\n".join((ROOT / "README.md").read_text().split("```")[1::2])
    named = set(re.findall(r"^(?:\.venv/bin/)?keapsync (?:--config \S+ )?([a-z-]+)", blocks, re.MULTILINE))
    assert named
    for name in named:
        assert CliRunner().invoke(app, [name, "--help"]).exit_code == 0, name
