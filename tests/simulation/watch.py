"""Invariants that are held at every moment: each record that is published is looked at."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from schemas.flows import SIDES, Side, entity_of, flow_of
from schemas.records import Command, JournalEntry, Outcome, ScanMark
from tests.simulation.systems import System


@dataclass(slots=True)
class Watch:
    """Knows what was marked, issued and answered."""

    systems: dict[str, dict[Side, System]]
    slots: int
    """Bound of each of the two pools of a connection and side."""
    marked: set[tuple[str, str, Side]] = field(default_factory=set)
    """(connection, entity, side) whose snapshot is done."""
    issued: dict[str, Command] = field(default_factory=dict)
    flying: dict[tuple[str, Side], Command] = field(default_factory=dict)
    """(link, side) -> the command that has no outcome yet."""
    violations: list[str] = field(default_factory=list)
    """`invariant: sentence`."""

    def forget(self) -> None:
        """Everything is lost; snapshots begin anew."""
        self.marked.clear()
        self.flying.clear()

    def see(self, record: object) -> None:
        """Look at a record that is published."""
        if isinstance(record, ScanMark) and record.kind == "snapshot":
            self.marked.add((record.connection, record.entity, record.side))
        elif isinstance(record, Outcome):
            flying = self.flying.get((record.link, record.side))
            if flying and flying.id == record.command:
                del self.flying[record.link, record.side]
        elif isinstance(record, Command):
            self._issue(record)
        elif isinstance(record, JournalEntry) and record.kind == "unlinked":  # what was a half when an operator asked may be a pair by then
            parted = re.findall(r"/([ke]\d+)\b", record.detail)
            self.systems[record.connection]["keap"].oracle.touched.update(parted)

    def _issue(self, command: Command) -> None:
        again = command.id in self.issued
        flying = self.flying.get((command.link, command.side))
        if flying and flying.id != command.id:
            self.violations.append(f"one_command_in_flight: {command.op} {command.link} while {flying.op} is under way")
        if not again:
            self.issued[command.id] = command
            self.flying[command.link, command.side] = command
        if command.op == "create" and not again and not self._both_marked(command):
            self.violations.append(f"no_create_before_snapshots: {command.entity} {command.link}")
        if command.op == "update" and (command.fields == command.expect or self._respells(command)):
            self.violations.append(f"no_echo: {command.link} {command.target} {command.fields}")
        pool = (command.connection, command.side, command.bulk)
        under_way = sum((one.connection, one.side, one.bulk) == pool for one in self.flying.values())
        if under_way > self.slots:
            self.violations.append(f"in_flight_is_bounded: {under_way} on {command.side}")
        if command.target is not None and command.target not in self.systems[command.connection][command.side].records:
            self.violations.append(f"connections_apart: {command.target} is no record of {command.connection}")

    def _respells(self, command: Command) -> bool:
        """Tell whether an update only brings the ERP's capitals back to where the text came from."""
        systems = self.systems[command.connection]
        oracle, shown = systems[command.side].oracle, systems[command.side].records[command.target or ""].fields
        if oracle.forgotten_at or oracle.touched:
            return False
        # What a merge brought to a record is that record's own.
        carried = {value for each in oracle.merges for value in systems[each.side].records[each.survivor].fields.values()}
        # What somebody typed into the ERP too is no echo of ours, nor is it when what does not fit is cut.
        typed = {value for (side, _, _), values in oracle.said.items() if side != command.side for value in values}
        carried |= typed | {value.strip() for value in typed if isinstance(value, str)}
        changed = [(value, shown.get(path)) for path, value in command.fields.items() if value != shown.get(path) and value not in carried]
        return bool(changed) and all(str(new).isupper() and new == str(old).strip().upper() and "VALUE" in str(new) for new, old in changed)

    def _both_marked(self, command: Command) -> bool:
        flow = flow_of(command.side, command.entity)
        return all((command.connection, entity_of(flow, side), side) in self.marked for side in SIDES)
