"""A dry run says what would be done and makes no writing call; a pilot names what may be written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

from sandbox.data import generate
from tests.console.commands.systems import both

pytestmark = pytest.mark.broker

Keapsync = Callable[..., Result]


def row(printed: str, flow: str) -> list[str]:
    """The numbers of a flow: in keap, in erp, link, create in keap, create in erp, update keap, update erp, review."""
    (line,) = [line for line in printed.splitlines() if line.split()[1:2] == [flow]]
    return line.split()[2:]


def test_a_dry_run_tells_what_would_be_done_and_writes_nothing(broker: str, tmp_path: Path, keapsync: Keapsync):
    """All true pairs would be linked, the others made, the ambiguous left; both servers' logs are empty."""
    seeds = generate(100, seed=5)
    with both(broker, tmp_path / "keapsync.yaml", seeds) as (keap, erp, _):
        result = keapsync("run", "--dry-run")
        assert keap.read_log() == erp.read_log() == 0
    assert result.exit_code == 0, result.output
    assert row(result.stdout, "company")[:5] == ["20", "20", "12", "8", "8"]
    contact = row(result.stdout, "contact")
    assert contact[:5] == ["100", "100", "60", "39", "38"]
    assert contact[7] == "3"
    opportunity = row(result.stdout, "opportunity")
    assert opportunity[2:5] == ["0", "0", "30"]
    assert opportunity[8:] == ["direction", "3"]


def test_a_pilot_writes_only_what_it_names(broker: str, tmp_path: Path, keapsync: Keapsync):
    """One company of Keap: everything else waits at the pilot's gate."""
    seeds = generate(50, seed=6)
    lonely = next(place for place in range(10) if place not in {one for one, _ in seeds.truth.pairs["company"]})
    with both(broker, tmp_path / "keapsync.yaml", seeds) as (keap, erp, ids):
        record = ids["companies"][lonely]
        result = keapsync("run", "--dry-run", "--flow", "company", "--only", f"keap/company/{record}")
        assert keap.read_log() == erp.read_log() == 0
    assert row(result.stdout, "company")[3:7] == ["0", "1", "0", "0"]
    assert row(result.stdout, "contact")[3:7] == ["0", "0", "0", "0"]
    assert "pilot" in result.stdout


def test_an_unknown_flow_is_refused(keapsync: Keapsync, tmp_path: Path):
    """Before anything is read."""
    sides = "".join(f"    {side}: {{url: 'http://127.0.0.1:9', token: x}}\n" for side in ("keap", "erp"))
    (tmp_path / "keapsync.yaml").write_text(f"connections:\n  main:\n{sides}")
    result = keapsync("run", "--dry-run", "--flow", "companies", "--flow", "contact")
    assert result.exit_code == 78
    assert result.stderr == "keapsync: --flow: companies is no flow; allowed: company, contact, opportunity, product\n"


@pytest.mark.parametrize("ref", ["keap/customer/1", "erp/customer/", "crm/contact/1", "contact/1", "keap/contact/1/2", " "])
def test_a_malformed_record_is_refused(keapsync: Keapsync, ref: str):
    """The option is named, with what it takes; a pilot that names nothing would write nothing."""
    result = keapsync("run", "--dry-run", "--only", ref, "--only", "keap/contact/12", "--only", "12")
    assert result.exit_code == 78
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"keapsync: --only: {ref!r} names no record; allowed: keap/company/ID, keap/contact/ID")
