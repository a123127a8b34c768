"""A figure with its target, and the table of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    Attributes:
        name: what was measured.
        rounds: the value of each round; the median counts.
        unit: of the values, "x" for a ratio.
        target: the bound that is asked for, None where a number is only printed.
        bound: on which side of the target is good.
        note: how it was measured, in a few words.
    """

    name: str
    rounds: tuple[float, ...]
    unit: str
    target: float | None = None
    bound: Literal["at least", "at most"] = "at least"
    note: str = ""

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.rounds)

    @property
    def met(self) -> bool | None:
        """Tell whether the target is reached, None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.bound == "at least" else self.value <= self.target

    def cells(self) -> tuple[str, str, str, str, str]:
        """Return name, value, spread, target, and whether it is met."""
        spread = f"{spell(min(self.rounds))} - {spell(max(self.rounds))}" if len(self.rounds) > 1 else ""
        wanted = "" if self.target is None else f"{self.bound} {spell(self.target)}"
        return self.name, f"{spell(self.value)} {self.unit}", spread, wanted, {None: "", True: "yes", False: "NO"}[self.met]


def spell(number: float) -> str:
    """Write a number with as many digits as mean something: 12345.6 -> "12,346", 1.234 -> "1.23"."""
    if abs(number) >= 100 or number == int(number):  # noqa: PLR2004 - three digits
        return f"{number:,.0f}"
    return f"{number:.3g}"


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> tuple[float, ...]:
    """Return round by round how many times theirs ours is: what disturbed a round disturbed both."""
    return tuple(one / other for one, other in zip(ours, theirs, strict=True))


HEADINGS = ("figure", "median", "rounds", "target", "met")


def show(console: Console, title: str, figures: Sequence[Figure]) -> None:
    """Print figures as a table."""
    table = Table(title=title, title_justify="left")
    for heading in HEADINGS:
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for figure in figures:
        table.add_row(*figure.cells(), style="red" if figure.met is False else None)
    console.print(table)
    for figure in figures:
        if figure.note:
            console.print(f"  {figure.name}: {figure.note}", style="dim", markup=False)
