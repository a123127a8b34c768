"""Whose writes: a patch of a worker belongs to the command for its record that was in hand at the time, or to none."""

from __future__ import annotations

from bisect import bisect
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from sandbox.chaos.evidence import Call, Evidence
from sandbox.data.seeds import COLLECTIONS
from schemas.flows import Side, entity_of
from schemas.records import Command

UPDATES = ("update", "deactivate")


def ref_of(side: Side, call: Call) -> str:
    """Return the ref of the record a call was about; Keap's log names entities, the ERP's collections."""
    flow = next((flow for flow, name in COLLECTIONS[side].items() if name == call.entity), call.entity)
    return f"{side}/{entity_of(flow, side)}/{call.id}"  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Patch:
    """A worker's patch that took effect.

    Attributes:
        looked_at: when a worker last looked at the record before the patch arrived; None: never.
        done_at: when it took effect.
    """

    looked_at: int | None
    done_at: int


class Writes:
    """The workers' patches by command."""

    def __init__(self, evidence: Evidence) -> None:
        """Match them."""
        self._status = {outcome.command: outcome.status for outcome in evidence.outcomes}
        self._answered = {outcome.command: outcome.at for outcome in evidence.outcomes}
        self._commands: defaultdict[str, list[Command]] = defaultdict(list)
        for command in sorted(evidence.commands, key=lambda command: command.issued_at):
            if command.op in UPDATES:
                self._commands[f"{command.side}/{command.entity}/{command.target}"].append(command)
        self._of: defaultdict[str | None, list[Patch]] = defaultdict(list)
        for ref, call, looked_at in _patches(evidence):
            self._of[self._owner(ref, call)].append(Patch(looked_at, call.done_at))

    def of(self, command: Command) -> list[Patch]:
        """Return a command's patches."""
        return self._of.get(command.id, [])

    def repeated(self) -> int:
        """Return how many patches nobody asked for: a command is one patch, or none when it says that it wrote nothing.

        No violation: a patch that lands after its writer was killed is made again, to the same values (docs/design.md, section 8), and
        of one whose answer was lost a conflict is told when somebody edited before it was tried again.
        """
        return sum(len(patches) - self._asked(name) for name, patches in self._of.items())

    def _asked(self, name: str | None) -> int:
        return int(name is not None and self._status.get(name, "applied") == "applied")

    def _owner(self, ref: str, call: Call) -> str | None:
        """Return the last command issued before a patch, unless it had been answered by then."""
        commands = self._commands[ref]
        number = bisect(commands, call.at, key=lambda command: command.issued_at)
        last = commands[number - 1] if number else None
        return last.id if last and call.at <= self._answered.get(last.id, call.at) else None


def _patches(evidence: Evidence) -> Iterator[tuple[str, Call, int | None]]:
    """Yield the workers' patches with their record, and when a worker last looked at it."""
    for side, calls in evidence.calls.items():
        looks: defaultdict[str, list[int]] = defaultdict(list)
        for look in evidence.looks.get(side, ()):
            if look.by_worker:
                looks[ref_of(side, look)].append(look.at)
        for call in calls:
            if call.by_worker and call.method == "PATCH":
                ref = ref_of(side, call)
                yield ref, call, max((at for at in looks[ref] if at <= call.at), default=None)
