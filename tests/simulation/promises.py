"""Promises of the features, held at every moment: deletions have proof, breakers hold, disputed and frozen fields are left alone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from schemas.flows import FLOWS, Flow, Side, flow_of
from schemas.records import Change, Command, Control, JournalEntry, ScanMark
from streams.capture import sweep
from streams.mapping.rows import ACTIVE
from streams.sync.turn import Limit
from tests.simulation.edges import BLIND, PAGE
from tests.simulation.systems import Stored

if TYPE_CHECKING:
    from tests.simulation.world import World

REMOVALS: Final = ("deactivate", "delete")
PROMISED: Final = (
    "no_delete_without_proof",
    "short_scans_conclude_nothing",
    "breakers_hold",
    "breakers_trip_for_a_reason",
    "disputed_and_frozen_fields_are_left",
    "only_policy_removes",
    "polls_keep_their_budget",
)
Gate = tuple[str, Flow, Side, str]
"""Connection, flow, side, and what is counted: updates or removals."""


@dataclass(slots=True)
class Promises:
    """Looks at each record that is published, as `watch.py` does."""

    world: World
    seen: dict[tuple[str, Side, str], int] = field(default_factory=dict)
    """(connection, side, id) -> when its first Change was published (ms)."""
    writes: defaultdict[Gate, list[int]] = field(default_factory=lambda: defaultdict(list))
    """When the writes were issued that a breaker counts."""
    releases: defaultdict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    """(connection, flow, side) -> when an operator let go of it."""
    stopped: defaultdict[str, dict[str, JournalEntry]] = field(default_factory=lambda: defaultdict(dict))
    """link -> field -> what was told when nothing was to be written of it any more."""
    trips: list[JournalEntry] = field(default_factory=list)

    def see(self, record: object) -> None:
        """Look at a record that is published."""
        match record:
            case Change():
                self._change(record)
            case ScanMark() if record.kind == "sweep":
                self._mark(record)
            case Command():
                self._command(record)
            case JournalEntry():
                self._entry(record)
            case Control() if record.op in ("release", "withhold"):
                self.releases[record.connection, record.args["flow"], record.args["side"]].append(record.at)
            case _:
                pass

    def violated(self, promise: str, sentence: str) -> None:
        """Note a violation."""
        self.world.watch.violations.append(f"{promise}: {sentence}")

    # -- capture -----------------------------------------------------------------------------------------------------------

    def _change(self, change: Change) -> None:
        self.seen.setdefault((change.connection, change.side, change.id), self.world.clock.now)
        stored = self.world.connections[change.connection].systems[change.side].records[change.id]
        if change.op == "delete" and not _was_gone(stored, change.read_at - stored_lag(self.world, change.side)):
            self.violated("no_delete_without_proof", f"{change.ref} {change.id} by {change.capture}")

    def _mark(self, mark: ScanMark) -> None:
        """A scan that breaks off shows every third record; it is believed only where a third is enough."""
        place = mark.connection, mark.side, flow_of(mark.side, mark.entity)
        if place in self.world.decisions.commits:
            return
        system = self.world.connections[mark.connection].systems[mark.side]
        known = [
            one for one in system.living(place[2]) if self.seen.get((mark.connection, mark.side, one.id), mark.started_at) < mark.started_at
        ]
        if mark.count < sweep.WHOLE * len(known) - 1:
            self.violated("short_scans_conclude_nothing", f"{place}: {mark.count} of {len(known)} ({BLIND})")

    def budget(self) -> None:
        """Polls make no more calls than a day allows, but for a run of each flow, since the last restart."""
        allowed = self.world.options.features.calls_per_day
        for (name, side), calls in self.world.poller.polled.items() if allowed else ():
            records = len(self.world.connections[name].systems[side].records)
            if calls > (allowed or 0) + 2 * (len(FLOWS) + records // PAGE):
                self.violated("polls_keep_their_budget", f"{calls} calls of {name} {side}, {allowed} a day")

    # -- commands ----------------------------------------------------------------------------------------------------------

    def _command(self, command: Command) -> None:
        if command.repeat:
            return
        flow = flow_of(command.side, command.entity)
        if command.op in REMOVALS and self.world.options.features.deletes.get(flow, {}).get(command.side) != command.op:
            self.violated("only_policy_removes", f"{command.op} {command.side} {command.link} {command.target}")
        if command.op in ("update", *REMOVALS) and not command.bulk:
            self._count((command.connection, flow, command.side, "removals" if command.op in REMOVALS else "updates"), command)
        if command.op != "update" or command.fields == {ACTIVE: True}:
            return
        rows = {path: row.name for row, path in self.world.options.mapping[flow].shown[command.side]}
        for name in self.stopped[command.link].keys() & {rows[path] for path in command.fields}:
            why = self.stopped[command.link][name]
            if command.issued_at > why.at:  # within a transaction the journal comes first
                self.violated("disputed_and_frozen_fields_are_left", f"{command.link} {command.target} {name}: {why.kind}")

    def _count(self, gate: Gate, command: Command) -> None:
        limit = self._limit(gate[3])
        if not limit.count:
            return
        written = self.writes[gate]
        written.append(command.issued_at)
        since = command.issued_at - limit.window_ms
        lately = sum(at > since for at in written)
        let_go = sum(at > since for at in self.releases[gate[:3]])
        if lately > (2 + let_go) * self._most(gate, limit):
            self.violated("breakers_hold", f"{lately} {gate[3]} of {gate[2]} {gate[1]}, the last {command.link} {command.target}")

    def _limit(self, kind: str) -> Limit:
        features = self.world.options.features
        return features.removals if kind == "removals" else features.updates

    def _most(self, gate: Gate, limit: Limit) -> int:
        records = self.world.connections[gate[0]].systems[gate[2]].records.values()
        return max(limit.count, int(limit.share * sum(record.flow == gate[1] for record in records)))

    def _entry(self, entry: JournalEntry) -> None:
        names = self.stopped[entry.link]
        match entry.kind:
            case "dispute":
                names |= dict.fromkeys(entry.detail.split(", "), entry)
            case "frozen":
                names[entry.field or ""] = entry
            case "chosen" | "thawed" | "settled":
                names.pop(entry.field or "", None)
            case "breaker":
                self.trips.append(entry)

    # -- at rest -----------------------------------------------------------------------------------------------------------

    def conclude(self) -> None:
        """Judge what could not be judged at its moment."""
        for entry in self.trips:
            enough = (self._written(entry, kind) >= self._limit(kind).count > 0 for kind in ("updates", "removals"))
            if not any(enough):
                self.violated("breakers_trip_for_a_reason", f"{entry.link} {entry.detail}")
        self.trips.clear()

    def _written(self, entry: JournalEntry, kind: str) -> int:
        """Return how many writes of a kind a breaker had seen within its window."""
        since = entry.at - self._limit(kind).window_ms
        return sum(since <= at <= entry.at for at in self.writes[entry.connection, entry.flow, entry.side or "erp", kind])


def _was_gone(stored: Stored, since: int) -> bool:
    """Tell whether a record was gone at some time not before `since` (ms)."""
    since = max(since, stored.states[0].since)
    ends = [*(state.since for state in stored.states[1:]), 2**62]
    return any(state.deleted and end > since for state, end in zip(stored.states, ends, strict=True))


def stored_lag(world: World, side: Side) -> int:
    """Return how far a replica of a side may be behind (ms)."""
    return next(iter(world.connections.values())).systems[side].offers.lag_ms
