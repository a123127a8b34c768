"""The pure core alone: decisions a second on records of 20 fields, one process, no I/O.

Measured in CPU time, so that what else the machine does counts little.
"""

from __future__ import annotations

import gc
import time

from bench.events import NOW, Kind, World
from bench.figures import Figure
from bench.sizes import Sizes
from streams.sync.decide import decide

UPDATES = 15_000
"""Mapped updates a second that are asked for."""


def run(sizes: Sizes) -> list[Figure]:
    """Measure edits that lead to a command, outcomes, echoes, and their mix."""
    world = World()
    for event in world.load(sizes.links // 10):
        world.decide(event)
    rates: dict[Kind | str, list[float]] = {"edit": [], "outcome": [], "echo": [], "mix": []}
    for _ in range(sizes.rounds):
        spent: dict[Kind, float] = {"edit": 0.0, "outcome": 0.0, "echo": 0.0}
        counts: dict[Kind, int] = {"edit": 0, "outcome": 0, "echo": 0}
        for kind, events in world.life(sizes.edits // 4):
            gc.disable()
            began = time.process_time()
            for event in events:
                decide(world.context, world, event, NOW)
            spent[kind] += time.process_time() - began
            counts[kind] += len(events)
            gc.enable()
        for kind, count in counts.items():
            rates[kind].append(count / spent[kind])
        rates["mix"].append(sum(counts.values()) / sum(spent.values()))
    return [
        Figure(
            "decide: mapped update", tuple(rates["edit"]), "/s", UPDATES, note="one of 20 fields edited: merged, mapped, a command issued"
        ),
        Figure("decide: outcome", tuple(rates["outcome"]), "/s", note="the command applied, its record read back"),
        Figure("decide: echo", tuple(rates["echo"]), "/s", note="the next poll shows what we wrote"),
        Figure("decide: life of an edit", tuple(rates["mix"]), "/s", note="edit, outcome and echo in equal parts"),
    ]
