"""Find the seed that shows a mutant. The last one found is remembered as data and tried first; a stale one costs time, never the truth.

`python -m tests.simulation --mutants` searches anew for each mutant whose seed is stale or missing, and writes `shown_by.json`.
"""

from __future__ import annotations

import json
from multiprocessing import Pool
from pathlib import Path
from typing import Final

from rich.console import Console

from tests.simulation.clock import patched
from tests.simulation.judge import judge
from tests.simulation.mutants import MUTANTS

SEEDS: Final = 500
REMEMBERED: Final = Path(__file__).with_name("shown_by.json")


def hunt(name: str) -> int | None:
    """Return a seed below 500 whose world violates an invariant when a rule is missing; None when there is none."""
    hint = remembered().get(name, SEEDS)
    order = [*([hint] if hint < SEEDS else []), *(seed for seed in range(SEEDS) if seed != hint)]
    with patched(*MUTANTS[name]):
        return next((seed for seed in order if _shown(judge(seed).violations)), None)


def _shown(violations: tuple[str, ...]) -> bool:
    """Tell whether an invariant shows a mutant; one that merely falls over its own feet shows nothing."""
    return any(not each.startswith("never_raises") for each in violations)


def remembered() -> dict[str, int]:
    """Return the seed that showed each mutant last."""
    found: dict[str, int] = json.loads(REMEMBERED.read_text()) if REMEMBERED.exists() else {}
    return found


def hunt_all(console: Console, jobs: int | None) -> int:
    """Hunt every mutant, remember what shows it, and return how many nothing shows."""
    found = remembered()
    with Pool(jobs) as pool:
        for name, seed in zip(MUTANTS, pool.imap(hunt, MUTANTS), strict=True):
            console.print(f"{'nobody noticed' if seed is None else f'seed {seed}':>15}  {name}")
            if seed is not None:
                found[name] = seed
    kept = {name: found[name] for name in MUTANTS if name in found}
    REMEMBERED.write_text(json.dumps(kept, indent=1) + "\n")
    return len(MUTANTS) - len(kept)
