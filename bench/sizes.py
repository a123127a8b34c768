"""How much each benchmark does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Sizes of one run.

    Attributes:
        rounds: how often each figure is measured, interleaved with what it is compared to.
        links: pairs in the table.
        edits: edits a round; each is three events (edit, outcome, echo).
        long_edits: edits a round of one and of two workers: so many that what it takes to start does not count.
        rows: rows of the changelog that is recovered.
        contacts: pairs of the system whose latency is measured.
        slow_edits: edits a round whose latency is measured, one after the other.
        per_second: how many of them a second.
        first: records a side of the first link.
        seeds: worlds a round of the simulation.
        demo: contacts a side of the demo.
    """

    rounds: int = 3
    links: int = 20_000
    edits: int = 10_000
    long_edits: int = 30_000
    rows: int = 1_000_000
    contacts: int = 100
    slow_edits: int = 350
    per_second: int = 10
    first: int = 100_000
    seeds: int = 100
    demo: int = 1_000


FULL = Sizes()
QUICK = Sizes(links=2_000, edits=1_500, long_edits=4_500, rows=50_000, contacts=20, slow_edits=35, first=1_000, seeds=20, demo=20)
TINY = Sizes(rounds=1, links=64, edits=32, long_edits=64, rows=500, contacts=25, slow_edits=3, first=40, seeds=2, demo=10)
"""For tests: does it run at all?"""
