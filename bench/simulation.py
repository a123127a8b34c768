"""Worlds of tests/simulation a second: how much of the space a minute of `make simulate` sees.

One process, CPU time, the seeds of each round from another place. A sampler looks at the stack meanwhile: the innermost of the places
below is where the time goes.
"""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from bench.figures import Figure
from bench.processes import ROOT, BenchError
from bench.sizes import Sizes
from tests.simulation.judge import judge

SEEDS_S: Final = 20
APART: Final = 1_000_003
"""Between the first seeds of two rounds."""
EVERY_S: Final = 0.005
WORLD: Final = "tests/simulation/"
WATCHING: Final = ("oracle", "watch", "promises")
PARTS: Final = {
    "capture and sinks": ("capture", "sinks"),
    "the simulated systems": ("systems", "edges", "hooks", "people", "twice", "merges", "reactions"),
    "the judge": ("judge", "ended", "readings", "invariants", "edits", "verdicts", "survivors", "deletions", "asked", *WATCHING),
    "drawing a world": ("options", "features"),
    "the world around them": ("world", "clock", "topics", "sync", "happenings", "operator", "decisions", "trace"),
}
PLACES: Final = {
    "streams/sync/state.py": "encoding and decoding rows",
    "streams/sync/decide.py": "the core",
    "streams/capture": "capture and sinks",
    "streams/write": "capture and sinks",
    **{f"{WORLD}{module}.py": part for part, modules in PARTS.items() for module in modules},
}
"""File or folder -> what it does. `tests/bench` sees to it that no module of the simulation is in none of them."""


def run(sizes: Sizes) -> list[Figure]:
    """Judge seeds; the figures of a program that violates an invariant would mean nothing."""
    judge(0)  # loads what is loaded once
    rates: list[float] = []
    spent: Counter[str] = Counter()
    with _sampling(spent):
        for first in range(0, sizes.rounds * APART, APART):
            began = time.process_time()
            for seed in range(first, first + sizes.seeds):
                if violations := judge(seed).violations:
                    raise BenchError(f"seed {seed}: {violations[0]}")
            rates.append(sizes.seeds / (time.process_time() - began))
    shares = ", ".join(f"{stage} {samples / spent.total():.0%}" for stage, samples in spent.most_common())
    return [Figure("simulation: seeds", tuple(rates), "/s", SEEDS_S, note=f"one process, {sizes.seeds} worlds a round; {shares}")]


@contextmanager
def _sampling(spent: Counter[str]) -> Iterator[None]:
    """Count what the process is busy with, a sample every 5 ms of its CPU time: a profiler of calls would slow the small ones most."""
    known: dict[str, str | None] = {}

    def look(_: int, frame: FrameType | None) -> None:
        stage = None
        while frame is not None and stage is None:
            file = frame.f_code.co_filename
            if file not in known:
                known[file] = _stage(file)
            stage, frame = known[file], frame.f_back
        spent[stage or "the world around them"] += 1

    former = signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, EVERY_S, EVERY_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, former)


def _stage(file: str) -> str | None:
    path = Path(file)
    inside = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else file
    return next((stage for place, stage in PLACES.items() if inside.startswith(place)), None)
