"""`check` names every fault at once, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from sandbox.data import generate
from streams.admin import create_topics
from streams.settings import load
from tests.console.commands.systems import TOKEN, both

pytestmark = pytest.mark.broker

Keapsync = Callable[..., Result]


def test_all_is_well(broker: str, tmp_path: Path, keapsync: Keapsync):
    """Exit code 0 and a line for each thing that was looked at; rows without their field in Keap are named, and no fault."""
    config = tmp_path / "keapsync.yaml"
    with both(broker, config, generate(0)):
        create_topics(load(config))
        result = keapsync("check")
    assert result.exit_code == 0, result.output
    words = [line.split()[0] for line in result.stdout.splitlines()]
    assert words == ["ok"] * 3 + ["warning", "ok", "ok"] + ["calls"] * 2
    assert "company: Organization Number, VAT Number" in result.stdout


def test_a_field_that_a_row_needs_is_a_fault(broker: str, tmp_path: Path, keapsync: Keapsync):
    """Only an optional row waits for it."""
    config, mapping = tmp_path / "keapsync.yaml", tmp_path / "mapping"
    mapping.mkdir()
    rows = "rows:\n  - {keap: company_name, erp: name, type: text}\n  - {keap: custom_fields.Rank, erp: notes, type: text}\n"
    (mapping / "company.yaml").write_text(f"{rows}match: [{{fields: [name]}}]\n")
    with both(broker, config, generate(0)):
        create_topics(load(config))
        config.write_text(f"mapping_dir: {mapping}\n{config.read_text()}")
        result = keapsync("check")
    assert result.exit_code == 1
    assert "main: keap company: there is no custom field 'Rank', on which notes stands" in result.stderr


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


def test_a_poorer_erp_is_explained_and_what_is_not_safe_on_it_refused(broker: str, tmp_path: Path, keapsync: Keapsync):
    """A sentence per missing capability; orders, which only a stamp tells apart, need the operator's word."""
    config = tmp_path / "keapsync.yaml"
    lacking = dict.fromkeys(("updated_since", "versions", "idempotency", "external_id", "soft_delete", "webhooks"), False)
    with both(broker, config, generate(0)) as (_, erp, _):
        create_topics(load(config))
        httpx.put(f"{erp.url}/_sandbox/capabilities", json=lacking).raise_for_status()
        refused = keapsync("check")
        with config.open("a") as file:
            file.write("    flows: {opportunity: {best_effort: true}}\n")
        allowed = keapsync("check")
    assert refused.exit_code == 1
    assert "main: opportunity: erp keeps no stamp" in refused.stderr
    assert allowed.exit_code == 0, allowed.output
    said = " ".join(allowed.stdout.split())
    for words in ("no changes since", "no versions", "no idempotency", "no external_id", "no soft delete", "no webhooks"):
        assert words in said
