"""`check` names every fault at once, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from sandbox.data import generate
from streams.admin import create_topics
from streams.settings import load
from tests.console.commands.systems import TOKEN, both

pytestmark = pytest.mark.broker

Keapsync = Callable[..., Result]


def test_all_is_well(broker: str, tmp_path: Path, keapsync: Keapsync):
    """Exit code 0 and a line for each thing that was looked at."""
    config = tmp_path / "keapsync.yaml"
    with both(broker, config, generate(0)):
        create_topics(load(config))
        result = keapsync("check")
    assert result.exit_code == 0, result.output
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["ok"] * 5


def test_faults_of_every_kind_in_one_go(broker: str, tmp_path: Path, keapsync: Keapsync):
    """A mapping that names an unknown property, a refused token, a missing stamp field, topics of another size."""
    config, mapping = tmp_path / "keapsync.yaml", tmp_path / "mapping"
    mapping.mkdir()
    (mapping / "product.yaml").write_text("rows:\n  - {keap: nmae, erp: name, type: string(255)}\n")
    with both(broker, config, generate(0)):
        create_topics(load(config))
        text = config.read_text().replace("per_second: 500}", "per_second: 500, stamp_field: another id}", 1)
        text = text[: text.rindex(TOKEN)] + "wrong" + text[text.rindex(TOKEN) + len(TOKEN) :]
        config.write_text(f"partitions: 7\nmapping_dir: {mapping}\n{text}")
        result = keapsync("check")
    assert result.exit_code == 1
    faults = result.stderr
    assert "product.yaml:2" in faults
    assert "another id" in faults
    assert "/api/v1" in faults
    assert "topic changes" in faults
    assert TOKEN not in result.output
