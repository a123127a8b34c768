"""Figures, their targets and the page they are written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import report
from bench.figures import Figure, ratios


@pytest.mark.parametrize(("bound", "met"), [("at least", False), ("at most", True)])
def test_the_median_is_held_against_the_target(bound: str, met: bool) -> None:  # noqa: FBT001
    """One lucky round does not reach it."""
    assert Figure("f", (9.0, 1.0, 2.0), "s", 5, bound).met is met  # type: ignore[arg-type]


def test_a_ratio_is_taken_round_by_round() -> None:
    """What slows a round slows both."""
    assert ratios([10, 1], [5, 0.5]) == (2, 2)


def test_a_run_replaces_the_sections_it_measured(tmp_path: Path) -> None:
    """Other sections and what somebody wrote stay, in the order of the benchmarks."""
    page = tmp_path / "benchmarks.md"
    order = ["Core", "Agent"]
    report.write({"commit": "abc"}, {"Agent": [Figure("a", (1.0,), "s")]}, order, page)
    page.write_text(page.read_text() + "\n## Notes\n\nWhere the time goes.\n")
    report.write({"commit": "def"}, {"Core": [Figure("f", (2.0,), "s")]}, order, page)
    report.write({"commit": "ghi"}, {"Core": [Figure("f", (3.0,), "s")]}, order, page)
    text = page.read_text()
    assert [line for line in text.splitlines() if line.startswith("#")] == ["# Benchmarks", "## Core", "## Agent", "## Notes"]
    assert [commit in text for commit in ("abc", "def", "ghi")] == [True, False, True]
    assert text.endswith("Where the time goes.\n")
