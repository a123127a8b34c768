"""Writes docs/benchmarks.md: the figures of the last full run, how each is measured, on what machine. Notes below a mark are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from bench.figures import HEADINGS, Figure

PAGE = Path("docs/benchmarks.md")
NOTES = "## Notes\n"
"""From this heading on the page is written by hand."""


def write(title: str, machine: Mapping[str, str], sections: Mapping[str, Sequence[Figure]], page: Path = PAGE) -> None:
    """Write the page anew, keeping its notes."""
    _, _, notes = page.read_text().partition(NOTES) if page.exists() else ("", "", "")
    lines = [
        "# Benchmarks",
        "",
        f"Written by `make bench` ({title}). Each figure is the median of its rounds; what is compared takes turns within one run, on the",
        "same events. A ratio is taken round by round, so that what disturbs a round disturbs both.",
        "",
        *(f"* {name}: {value}" for name, value in machine.items()),
        "",
    ]
    for name, figures in sections.items():
        lines += [f"## {name}", "", f"| {' | '.join(HEADINGS)} |", "|---|---:|---:|---:|---:|"]
        lines += [f"| {' | '.join(figure.cells())} |" for figure in figures]
        lines += ["", *(f"* {figure.name}: {figure.note}" for figure in figures if figure.note), ""]
    page.write_text("\n".join(lines) + NOTES + notes)
