"""A line for each clause of the ERP contract, as soon as it is known; what was said stands under those that fail."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from rich.text import Text

from console.show import console

if TYPE_CHECKING:
    from connectors.erp.conformance import Result

COLOURS: Final = {"pass": "green", "fail": "red", "not offered": "yellow", "not asked": "dim"}


class Report:
    """Prints results and counts them."""

    def __init__(self, *, verbose: bool) -> None:
        """Begin; `verbose` shows what was said for clauses that hold, too."""
        self._out = console()
        self._verbose = verbose
        self._counts: Counter[str] = Counter()

    def add(self, result: Result) -> None:
        """Print one result."""
        self._counts[result.verdict] += 1
        colour, clause = COLOURS[result.verdict], result.clause
        self._out.print(Text.assemble((f"{result.verdict:<11}", colour), f" {clause.id:<20} {clause.sentence}"), soft_wrap=True)
        if result.reason:
            self._out.print(f"{'':12}{result.reason}", soft_wrap=True)
        if result.verdict == "fail" or (self._verbose and result.verdict == "pass"):
            for exchange in result.exchanges:
                self._said(">", exchange.request)
                self._said("<", exchange.answer)

    def end(self) -> int:
        """Print the sum and return how many clauses failed."""
        said = ", ".join(f"{self._counts[verdict]} {verdict}" for verdict in COLOURS if self._counts[verdict])
        self._out.print(f"\n{sum(self._counts.values())} clauses: {said}")
        return self._counts["fail"]

    def _said(self, sign: str, text: str) -> None:
        for line in text.splitlines():
            self._out.print(f"{'':12}{sign} {line}", style="dim", soft_wrap=True)
