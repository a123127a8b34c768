"""The figures of a storm."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from sandbox.chaos.evidence import Evidence
from sandbox.chaos.invariants import doubled_writes
from sandbox.chaos.people import Memory
from sandbox.chaos.system import System

OPENED = re.compile(r"partition\.(opened|recovered)")
"""What a worker logs for each partition a rebalance gives it."""


@dataclass(slots=True)
class Figures:
    """What is printed beside the verdict.

    Attributes:
        edits: edits and additions that were accepted.
        moves: partitions that rebalances gave to a worker.
        writes: writing calls of the workers since the storm began.
        doubled: those of them that no command asks for.
        stall_s: the longest time in which no command was finished, while people edited.
        stalled_at_s: when that was, counted from the storm's beginning.
        rivals: edits that lost against one on the other side, as the journal tells.
        overwritten: edits between a sink's read and its patch, where there are no versions.
    """

    edits: int
    kills: int
    moves: int
    writes: int
    doubled: int
    stall_s: float
    stalled_at_s: float
    rivals: int = 0
    overwritten: int = 0

    def lines(self) -> list[str]:
        """Say them."""
        return [
            f"edits               {self.edits}",
            f"kills               {self.kills}",
            f"rebalances          {self.moves} partitions given",
            f"writes per edit     {self.writes / max(1, self.edits):.2f}",
            f"duplicates of writes {self.doubled}",
            f"longest stall       {self.stall_s:.1f} s, {self.stalled_at_s:.0f} s into the storm",
            f"rivals journaled    {self.rivals}",
            f"overwritten in the gap of missing versions {self.overwritten}",
        ]


def measure(evidence: Evidence, memory: Memory, system: System, began: int) -> Figures:
    """Measure a storm that began at an instant (ms)."""
    done = [edit for edit in memory.edits if edit.confirmed_at is not None]
    ended = max((edit.confirmed_at or 0 for edit in done), default=began)
    finished = sorted(outcome.at for outcome in evidence.outcomes if began <= outcome.at <= ended)
    stall_ms, stalled_at = max((later - earlier, earlier) for earlier, later in pairwise([began, *finished, ended]))
    return Figures(
        edits=len(done) + sum(each.id is not None for each in memory.newcomers),
        kills=system.kills,
        moves=sum(len(OPENED.findall(log.read_text(errors="replace"))) for log in system.processes.logs.glob("*.log")),
        writes=sum(call.by_worker and call.at >= began for calls in evidence.calls.values() for call in calls),
        doubled=doubled_writes(evidence),
        stall_s=stall_ms / 1000,
        stalled_at_s=(stalled_at - began) / 1000,
    )
