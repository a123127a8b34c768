"""Northwind Traders: real names, real phones, two systems that spelled them differently; `keapsync demo --data` at a faster pace."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from rich.console import Console

from sandbox.data import load_northwind
from sandbox.demo import stack
from sandbox.demo.story import Wish, play
from sandbox.demo.verdict import expected_counts
from schemas.flows import FLOWS

DATA = Path(os.environ.get("NORTHWIND") or Path(__file__).parents[2].parent / "shared" / "data" / "northwind")

ABSENT = f"there is no Northwind in {DATA}; NORTHWIND names its folder"

pytestmark = [
    pytest.mark.broker,
    pytest.mark.e2e,
    pytest.mark.skipif(not (DATA / "customers.csv").is_file(), reason=ABSENT),
]


def test_northwind_ends_equal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All true pairs are linked, none twice, every order has its twin."""
    monkeypatch.delenv("KEAPSYNC_KAFKA", raising=False)  # it needs the topics for itself
    monkeypatch.setattr(stack, "PER_SECOND", 500)  # the pace is the demo's business
    said = io.StringIO()

    code = play(Wish(data=DATA, home=tmp_path), Console(file=said, width=200))

    counts = expected_counts(load_northwind(DATA))
    pairs = sum(counts["erp", flow] for flow in FLOWS)
    assert said.getvalue().splitlines()[-1] == f"demo: {pairs} pairs, 0 differences, 0 duplicates", said.getvalue()
    assert code == 0
    assert not (tmp_path / "demo.json").exists()
