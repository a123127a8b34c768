"""Subscriptions from the command line, at both systems as servers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ruamel.yaml import YAML
from typer.testing import Result

from sandbox.data import Seeds, generate
from tests.console.commands.systems import both

Keapsync = Callable[..., Result]


def hear(config: Path, **hooks: str) -> None:
    """Switch hooks on for both sides."""
    yaml = YAML()
    settings = yaml.load(config.read_text())
    for account in settings["connections"]["main"].values():
        account["hooks"] = True
    with config.open("w") as file:
        yaml.dump({**settings, "hooks": hooks, "data_dir": str(config.parent / "data")}, file)


def no_records() -> Seeds:
    """Two empty systems."""
    return generate(0)


def test_subscriptions_are_made_and_listed(tmp_path: Path, keapsync: Keapsync):
    """Keap's wait for a receiver that shakes hands; addresses are shown without their secret path."""
    config = tmp_path / "keapsync.yaml"
    with both("127.0.0.1:9", config, no_records()):
        hear(config, url="http://127.0.0.1:9", secret="not-to-be-guessed")  # noqa: S106 - guards nothing
        assert keapsync("--config", config, "hooks", "subscribe").exit_code == 0
        listed = keapsync("--config", config, "hooks", "list")
    lines = listed.stdout.splitlines()[1:]
    assert [line.split()[:2] for line in lines] == [["main", "keap"]] * 12 + [["main", "erp"]]
    assert all("not live" in line for line in lines[:12])
    assert "12 of contact, customer, order, product" in lines[12]
    assert "not-to-be-guessed" not in listed.stdout


def test_without_an_address_there_is_a_sentence_for_each_fault(tmp_path: Path, keapsync: Keapsync):
    """And nothing is asked of anybody."""
    config = tmp_path / "keapsync.yaml"
    with both("127.0.0.1:9", config, no_records()):
        hear(config)
        result = keapsync("--config", config, "hooks", "list")
    assert result.exit_code == 78
    assert "hooks.url" in result.stderr
    assert "hooks.secret" in result.stderr
