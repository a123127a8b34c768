"""The processes around the core: pollers, the deciding agent, sinks; topics as lists; crashes between any two effects."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from random import Random

from schemas.flows import FLOWS, SIDES, Fields, Flow, Side, entity_of
from schemas.records import Change, Command, Outcome, ScanMark
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.decide import Event, assigned, decide, release
from streams.sync.state import Link, load
from streams.sync.turn import Context, Decision
from tests.simulation.systems import Stored, System

LAG_MS = 2_000
MAPPING = load_mapping(None, MappingOptions())
START = 1_800_000_000_000


@dataclass
class World:
    """One connection, simulated. `stamps` and `keys` tell what the targets offer."""

    random: Random
    stamps: bool = True
    slots: int = 2
    habits: bool = False
    now: int = START
    table: dict[bytes, bytes] = field(default_factory=dict)
    changes: list[Event] = field(default_factory=list)
    outcomes: list[Event] = field(default_factory=list)
    control: list[Event] = field(default_factory=list)
    commands: dict[Side, list[Command]] = field(default_factory=lambda: {"keap": [], "erp": []})
    committed: dict[str, int] = field(default_factory=lambda: {"changes": 0, "outcomes": 0, "control": 0})
    done: dict[Side, int] = field(default_factory=lambda: {"keap": 0, "erp": 0})
    finished: dict[str, int] = field(default_factory=dict)
    inventory: dict[str, object] = field(default_factory=dict)
    journal: list[object] = field(default_factory=list)
    more: bool = False
    crashes: int = 0

    def __post_init__(self) -> None:
        self.systems: dict[Side, System] = {s: System(s, self.random, self.habits, LAG_MS) for s in SIDES}
        mapping = {f: m if self.stamps else replace(m, stamp={}) for f, m in MAPPING.items()}
        self.context = Context(
            "main", mapping, {"keap": LAG_MS, "erp": LAG_MS}, {"keap": 1000, "erp": 0}, {"bulk": self.slots, "live": self.slots}
        )

    def get(self, key: bytes) -> bytes | None:
        """Return a row: the world is the core's table."""
        return self.table.get(key)

    # -- capture -----------------------------------------------------------------------------------------------------------

    def poll(self, side: Side, flow: Flow, *, mark: bool = False) -> None:
        """Publish what the inventory does not know yet; now and then everything again."""
        read_at, again = self.now, self.random.random() < 0.1
        self.now += self.random.randrange(200)
        published = 0
        for record in list(self.systems[side].records.values()):
            if record.flow != flow:
                continue
            change = self.change(record, read_at)
            if again or self.inventory.get(change.ref) != change.fields | {"": change.updated_at} or change.op == "delete":
                self.changes.append(change)
                published += 1
            trusted = read_at >= record.updated_at + 1000 + LAG_MS
            self.inventory[change.ref] = change.fields | {"": change.updated_at} if trusted else None
        if mark:
            self.changes.append(ScanMark("main", side, entity_of(flow, side), "snapshot", read_at, published))

    def change(self, record: Stored, read_at: int) -> Change:
        """Return a record as a poll shows it."""
        system = self.systems[record_side(record)]
        fields, updated_at, version = system.read(record, read_at)
        if record.stamp and (path := MAPPING[record.flow].stamp.get(system.side)):
            fields[path] = record.stamp
        return Change(
            "main",
            system.side,
            entity_of(record.flow, system.side),
            record.id,
            "delete" if record.deleted else "upsert",
            fields,
            read_at,
            "poll",
            None if system.rounded else version,
            system.shown(record.created_at),
            updated_at,
        )

    # -- sync --------------------------------------------------------------------------------------------------------------

    def sync(self, events: int = 5) -> None:
        """Decide on some events of one of the three topics, atomically, each in order."""
        name = self.random.choice(("changes", "outcomes", "control"))
        log: list[Event] = getattr(self, name)
        for event in log[self.committed[name] : self.committed[name] + events]:
            self.apply(decide(self.context, self, event, self.now))
            self.committed[name] += 1
        self.continue_release()

    def continue_release(self) -> None:
        """Do one page of an open release."""
        if self.more:
            decision = release(self.context, self, self.now)
            self.more = decision.more
            self.apply(decision)

    def apply(self, decision: Decision) -> None:
        """Commit a decision: rows, commands, journal at once."""
        for key, row in decision.rows.items():
            if row is None:
                self.table.pop(key, None)
            else:
                self.table[key] = row
        for command in decision.commands:
            self.commands[command.side].append(command)
        self.journal += decision.journal
        self.more = self.more or decision.more

    def crash_sync(self) -> None:
        """Come back with offsets committed a while ago: events are delivered again, the three topics interleaved anew."""
        self.crashes += 1
        for name in self.committed:
            self.committed[name] = max(0, self.committed[name] - self.random.randrange(8))
        self.more = False
        self.apply(assigned(self.context, self, self.now))

    # -- write -------------------------------------------------------------------------------------------------------------

    def write(self, side: Side) -> None:
        """Carry out the next command, perhaps with a lost reply or a crash before its outcome is committed."""
        if self.done[side] >= len(self.commands[side]):
            return
        command = self.commands[side][self.done[side]]
        if self.finished.get(f"{side}/{command.link}", -1) >= command.seq and not command.repeat:
            self.done[side] += 1
            return
        repeat = command.repeat
        while True:
            outcome = self.call(command, repeat=repeat)
            self.now += self.random.randrange(1500)
            if self.random.random() < 0.1:  # killed between the call and the commit, or the reply was lost
                self.crashes += 1
                repeat = True
                self.human()
                continue
            break
        self.outcomes.append(outcome)
        self.finished[f"{side}/{command.link}"] = command.seq
        self.done[side] += 1

    def call(self, command: Command, *, repeat: bool) -> Outcome:
        """Make one command's calls, as the sinks do."""
        system = self.systems[command.side]
        if command.not_before is not None:
            self.now = max(self.now, command.not_before)
        flow = next(f for f in FLOWS if entity_of(f, command.side) == command.entity)
        if command.op == "create":
            if repeat and system.rounded:
                self.now += LAG_MS
                found = self.look(system, command, flow)
                if found:
                    return self.outcome(command, "found", found)
            key = None if system.rounded else command.id
            status = "found" if key in system.keys else "applied"
            return self.outcome(command, status, system.create(flow, command.fields, self.now, stamp=command.stamp, key=key))
        record = system.records[command.target or ""]
        if record.deleted:
            return self.outcome(command, "gone", record, gone=True)
        if command.op == "read":
            at = self.now
            return replace(self.outcome(command, "applied", record), at=at)
        current = {path: record.fields.get(path) for path in command.fields}
        if current == command.fields:
            return self.outcome(command, "applied", record)
        if not system.rounded and command.version == record.version:
            return self.outcome(command, "applied", system.patch(record, command.fields, self.now))
        if current != {path: command.expect.get(path) for path in command.fields}:
            return self.outcome(command, "conflict", record)
        return self.outcome(command, "applied", system.patch(record, command.fields, self.now))

    def look(self, system: System, command: Command, flow: Flow) -> Stored | None:
        """Find what a lost create made."""
        for record in reversed(system.records.values()):
            if record.flow != flow or record.created_at < command.issued_at - 5000 or record.deleted:
                continue
            if record.stamp == command.stamp if command.stamp else all(record.fields.get(p) == v for p, v in command.fields.items()):
                return record
        return None

    def outcome(self, command: Command, status: str, record: Stored, *, gone: bool = False) -> Outcome:
        """Return what a call brought; write responses carry milliseconds."""
        system = self.systems[command.side]
        return Outcome(
            command.id,
            "main",
            command.link,
            command.seq,
            command.side,
            command.entity,
            status,  # type: ignore[arg-type]
            self.now,
            1,
            record.id,
            None if gone else dict(record.fields),
            None if system.rounded else record.version,
            record.created_at,
            record.updated_at,
        )

    # -- people ------------------------------------------------------------------------------------------------------------

    def human(self) -> None:
        """Let somebody do something; a scenario replaces this."""

    def links(self) -> list[Link]:
        """Return every link."""
        return [load(row, Link) for key, row in self.table.items() if key.startswith(b"link/")]

    def quiet(self, limit: int = 4000) -> None:
        """Let everything come to rest: polls, decisions and calls until nothing moves."""
        still = 0
        for _ in range(limit):
            before = (len(self.changes), len(self.outcomes), [len(c) for c in self.commands.values()])
            self.now += LAG_MS + 5000
            for side in SIDES:
                for flow in FLOWS:
                    self.poll(side, flow)
            for _ in range(30):
                self.drain()
            idle = all(self.done[s] == len(self.commands[s]) for s in SIDES) and not self.more
            still = still + 1 if idle and before[1:] == (len(self.outcomes), [len(c) for c in self.commands.values()]) else 0
            if still >= 3:
                return
        raise AssertionError("never quiet")

    def drain(self) -> None:
        """Decide and write until the logs are read."""
        for name in ("changes", "outcomes", "control"):
            log: list[Event] = getattr(self, name)
            while self.committed[name] < len(log):
                self.apply(decide(self.context, self, log[self.committed[name]], self.now))
                self.committed[name] += 1
        while self.more:
            self.continue_release()
        for side in SIDES:
            while self.done[side] < len(self.commands[side]):
                self.write(side)


def record_side(record: Stored) -> Side:
    """Return the side a record lives on."""
    return "keap" if record.id.startswith("k") else "erp"


__all__ = ["Fields", "World"]
