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


def test_the_page_keeps_its_notes(tmp_path: Path) -> None:
    """A new run replaces figures, not what somebody wrote about them."""
    page = tmp_path / "benchmarks.md"
    report.write("first", {"commit": "abc"}, {"Core": [Figure("f", (1.0,), "s")]}, page)
    page.write_text(page.read_text() + "\nWhere the time goes.\n")
    report.write("second", {"commit": "def"}, {"Core": [Figure("f", (2.0,), "s")]}, page)
    text = page.read_text()
    assert "Where the time goes." in text
    assert ("def" in text, "abc" in text) == (True, False)
