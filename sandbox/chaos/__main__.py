"""`python -m sandbox.chaos --minutes 10`: a long storm with every harm; exit code 1 when an invariant broke."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer

from console.show import console
from sandbox.chaos.harms import disturbances, kills, pauses
from sandbox.chaos.last_words import last_words
from sandbox.chaos.storm import Report, Weather, ride
from sandbox.chaos.system import System
from sandbox.erp.capabilities import ALL

SHOWN = 20
"""Violations of one invariant that are printed."""


def main(
    minutes: Annotated[float, typer.Option(help="How long the storm lasts; every harm comes at least once.")] = 10,
    seed: Annotated[int | None, typer.Option(help="Repeat a storm; the machine's own timing does not repeat.")] = None,
    contacts: Annotated[int, typer.Option(help="Contacts a side.")] = 100,
    *,
    poorest: Annotated[bool, typer.Option("--poorest", help="Harm the ERP that offers the least, in place of the other one.")] = False,
) -> None:
    """Run the whole system while everything that can happen to it happens."""
    seed = time.time_ns() % 1_000_000 if seed is None else seed
    folder, out, began = Path(tempfile.mkdtemp(prefix="keapsync-chaos-")), console(), time.monotonic()
    out.print(f"seed {seed}, logs and data in {folder}")
    weather = Weather(seed, [*kills(), *disturbances(), *pauses()], contacts=contacts, minutes=minutes, pause_s=(2.0, 8.0))
    with System(folder, named=seed % 2 == 0, lacking=(ALL, ()) if poorest else ((), ALL), hears=True) as system:
        report = ride(system, weather, lambda what: out.print(f"{time.monotonic() - began:7.1f} s  {what}", markup=False))
    for line in verdict(report) if report.good else (*last_words(folder / "logs"), *verdict(report)):
        out.print(line, markup=False)
    if report.good:
        shutil.rmtree(folder)
    raise typer.Exit(0 if report.good else 1)


def verdict(report: Report) -> list[str]:
    """Return the figures, the violations, and the line that counts."""
    lines = [*report.figures.lines(), *report.residents.lines()]
    for name, sentences in report.violations.items():
        lines += [f"{name}: {sentence}" for sentence in sentences[:SHOWN]]
        if len(sentences) > SHOWN:
            lines.append(f"{name}: and {len(sentences) - SHOWN} more")
    counted = {name: len(report.violations.get(name, ())) for name in report.violations}
    return [*lines, ", ".join(f"{name} {count}" for name, count in counted.items())]


if __name__ == "__main__":
    typer.run(main)
