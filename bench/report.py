"""Writes docs/benchmarks.md: the figures of full runs, how each is measured, on what machine and of which commit.

A run replaces the sections it measured; the others stay as they are, each with its own date and commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bench.figures import HEADINGS, Figure

PAGE = Path("docs/benchmarks.md")
HEAD = """# Benchmarks

Written by `make bench`. Each figure is the median of its rounds; what is compared takes turns within one run, on the same events, and a
ratio is taken round by round, so that what disturbs a round disturbs both. Sections named in `ARGS="--only ..."` are measured alone.
"""


def write(machine: Mapping[str, str], sections: Mapping[str, Sequence[Figure]], order: Iterable[str], page: Path = PAGE) -> None:
    """Write the page anew: these sections as measured, others as they were, in this order; what else stands there comes last."""
    head, *bodies = page.read_text().split("\n## ") if page.exists() else [HEAD]
    known = {body.partition("\n")[0]: body.partition("\n")[2] for body in bodies}
    known |= {name: _section(machine, figures) for name, figures in sections.items()}
    names = [name for name in order if name in known]
    names += [name for name in known if name not in names]
    page.write_text("\n".join([head.rstrip() + "\n", *(f"## {name}\n{known[name].rstrip()}\n" for name in names)]))


def _section(machine: Mapping[str, str], figures: Sequence[Figure]) -> str:
    made = "; ".join(f"{name} {value}" for name, value in machine.items())
    table = [f"| {' | '.join(HEADINGS)} |", "|---|---:|---:|---:|---:|", *(f"| {' | '.join(figure.cells())} |" for figure in figures)]
    notes = [f"* {figure.name}: {figure.note}" for figure in figures if figure.note]
    return "\n".join(["", *table, "", *notes, f"* Measured: {made}", ""])
