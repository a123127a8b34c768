"""Run many seeds on all cores: `python -m tests.simulation --seeds 10000`; one of them with its trace: `--seed 17`."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from multiprocessing import Pool

from rich.console import Console

from tests.simulation.hunt import hunt_all
from tests.simulation.judge import INVARIANTS, Verdict, judge

SHOWN = 5
"""Failing seeds that are shown with a command to replay them, and their trace."""


def main() -> int:
    """Run, report, and return 1 when an invariant was violated."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many worlds")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="one world, with its trace when it fails")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes")
    parser.add_argument("--mutants", action="store_true", help="find a seed that shows each mutant, and remember it")
    asked = parser.parse_args()
    console = Console(highlight=False, markup=False, soft_wrap=True)
    if asked.seed is not None:
        return _one(console, asked.seed)
    if asked.mutants:
        return hunt_all(console, asked.jobs)
    began = time.monotonic()
    with Pool(asked.jobs) as pool:
        verdicts = list(pool.imap_unordered(judge, range(asked.first, asked.first + asked.seeds), chunksize=10))
    _report(console, verdicts, time.monotonic() - began, asked.jobs)
    failed = sorted((verdict for verdict in verdicts if verdict.violations), key=lambda verdict: verdict.seed)
    if failed:
        console.print(f"\n{len(failed)} failed: {' '.join(str(verdict.seed) for verdict in failed)}")
    for verdict in failed[:SHOWN]:
        console.print(f"\nseed {verdict.seed}: {verdict.violations[0]}")
        console.print(f"  replay: {sys.executable} -m tests.simulation --seed {verdict.seed}")
        _trace(console, verdict.seed)
    return 1 if failed else 0


def _one(console: Console, seed: int) -> int:
    verdict = judge(seed, traced=True)
    console.print(f"seed {seed}: {verdict.events} events, {verdict.writes} writes, {verdict.crashes} crashes")
    if verdict.violations:
        _trace(console, seed, verdict)
    return 1 if verdict.violations else 0


def _trace(console: Console, seed: int, verdict: Verdict | None = None) -> None:
    verdict = verdict or judge(seed, traced=True)
    console.print(f"\ntrace of seed {seed}, what has to do with its first violation (seconds, topic, record):")
    for line in verdict.trace:
        console.print(line[:300])
    for violation in verdict.violations:
        console.print(f"! {violation}")


def _report(console: Console, verdicts: list[Verdict], took_s: float, jobs: int) -> None:
    pace = len(verdicts) / took_s
    console.print(f"{len(verdicts):,} seeds in {took_s:.0f} s: {pace:.1f} seeds/s, {pace / jobs:.1f} a process")
    console.print(
        f"{sum(v.edits for v in verdicts):,} edits, {sum(v.events for v in verdicts):,} events, "
        f"{sum(v.writes for v in verdicts):,} writes, {sum(v.crashes for v in verdicts):,} crashes, "
        f"{sum(v.overwrites for v in verdicts):,} edits overwritten unseen (sides without versions)"
    )
    violated = Counter(name for v in verdicts for name in {sentence.split(":")[0] for sentence in v.violations})
    for name in INVARIANTS:
        console.print(f"{violated[name]:8,}  {name}")


if __name__ == "__main__":
    sys.exit(main())
