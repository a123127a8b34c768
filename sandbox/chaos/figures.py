"""The figures of a storm."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from console.read_model import read_records
from sandbox.chaos.evidence import Evidence
from sandbox.chaos.fates import Fates
from sandbox.chaos.openings import opened
from sandbox.chaos.people import Memory
from sandbox.chaos.rebalances import rebalances
from sandbox.chaos.system import System
from sandbox.chaos.writes import Writes
from schemas.records import Hint
from streams.topics import HINTS


@dataclass(slots=True)
class Figures:
    """What is printed beside the verdict.

    Attributes:
        edits: edits and additions that were accepted.
        kills: kind of process -> how many of it were killed.
        taken_over: stage -> how often a second worker took a connection over, beside the first one or in its place.
        pauses: stage -> how often a worker that had been paused woke up beside its successor.
        noticed: stage -> how many of those ended by themselves, and soon.
        rebalances: group -> generations it began since the storm did.
        heard: what hooks said since the storm began.
        opened: partitions that workers took up since the storm began, at a start or by a rebalance.
        writes: writing calls of the workers since the storm began.
        repeated: patches beyond the one of each command that wrote.
        stall_s: the longest time in which no command was finished, while people edited.
        stalled_at_s: when that was, counted from the storm's beginning.
        rivals: edits that lost against one on the other side, as the journal tells.
        overwritten: edits between a sink's read and its patch, where there are no versions.
        exposed: edits that could have been that.
        alone: what keeps records without a twin -> edits of such records, whose fate nobody judges.
    """

    edits: int
    kills: Counter[str]
    taken_over: Counter[str]
    pauses: Counter[str]
    noticed: Counter[str]
    rebalances: Counter[str]
    heard: int
    opened: int
    writes: int
    repeated: int
    stall_s: float
    stalled_at_s: float
    rivals: int = 0
    overwritten: int = 0
    exposed: int = 0
    alone: Counter[str] = field(default_factory=Counter)

    def add(self, found: Fates) -> None:
        """Add what became of the edits of one connection."""
        self.rivals += found.rivals
        self.overwritten += found.overwritten
        self.exposed += found.exposed
        self.alone += found.alone

    def lines(self) -> list[str]:
        """Say them."""
        return [
            f"edits               {self.edits}",
            f"kills               {_by_kind(self.kills)}",
            f"take-overs          {_by_kind(self.taken_over)}, by second workers",
            f"pauses              {_by_kind(self.pauses)}; ended by themselves {_by_kind(self.noticed)}",
            f"rebalances          {_by_kind(self.rebalances)}",
            f"hooks heard         {self.heard}",
            f"partitions opened   {self.opened}, at starts and rebalances",
            f"writes per edit     {self.writes / max(1, self.edits):.2f}",
            f"repeated patches    {self.repeated}",
            f"longest stall       {self.stall_s:.1f} s, {self.stalled_at_s:.0f} s into the storm",
            f"rivals journaled    {self.rivals}",
            f"overwritten         {self.overwritten} of {self.exposed}, between a sink's read and its patch, where there are no versions",
            f"not judged          {_by_kind(self.alone)}, edits of records without a twin",
        ]


def _by_kind(counted: Counter[str]) -> str:
    each = ", ".join(f"{kind} {count}" for kind, count in counted.most_common() if count)
    return f"{counted.total()} ({each})" if each else "0"


def measure(evidences: Sequence[Evidence], memories: Sequence[Memory], system: System, began: int) -> Figures:
    """Measure a storm that began at an instant (ms)."""
    done = [edit for memory in memories for edit in memory.edits if edit.confirmed_at is not None]
    ended = max((edit.confirmed_at or 0 for edit in done), default=began)
    finished = sorted(outcome.at for evidence in evidences for outcome in evidence.outcomes if began <= outcome.at <= ended)
    stall_ms, stalled_at = max((later - earlier, earlier) for earlier, later in pairwise([began, *finished, ended]))
    logs = system.processes.logs
    calls = [call for evidence in evidences for many in evidence.calls.values() for call in many]
    return Figures(
        edits=len(done) + sum(each.id is not None for memory in memories for each in memory.newcomers),
        kills=system.kills,
        taken_over=system.taken_over,
        pauses=system.pauses,
        noticed=system.noticed,
        rebalances=rebalances(system.stack.settings, began),
        heard=sum(hint.at >= began for hint in read_records(system.stack.settings, HINTS, Hint)),
        opened=sum(1 for log in logs.glob("*.log") for _ in opened(log, began)),
        writes=sum(call.by_worker and call.at >= began for call in calls),
        repeated=sum(Writes(evidence).repeated() for evidence in evidences),
        stall_s=stall_ms / 1000,
        stalled_at_s=(stalled_at - began) / 1000,
    )
