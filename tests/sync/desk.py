"""A desk to try the core at: an in-memory table, events in, decisions out, a sink that does as told."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from schemas.flows import FLOWS, SIDES, Fields, Flow, Side, entity_of
from schemas.records import Change, Command, Control, JournalEntry, Outcome, ScanMark
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.decide import Event, assigned, decide, release
from streams.sync.state import Link, load
from streams.sync.turn import Context, Decision

NOW = 1_800_000_000_000
MAPPING = load_mapping(None, MappingOptions())


def context(**changes: Any) -> Context:
    """Return a connection's context; lag 2 s on both sides."""
    return replace(Context("main", MAPPING, {"keap": 2000, "erp": 2000}, {"keap": 1000, "erp": 0}), **changes)


@dataclass
class Desk:
    """One connection's table and everything that came of it."""

    context: Context = field(default_factory=context)
    now: int = NOW
    rows: dict[bytes, bytes] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    requests: list[Control] = field(default_factory=list)
    made: int = 0

    def get(self, key: bytes) -> bytes | None:
        """Return a row."""
        return self.rows.get(key)

    def feed(self, event: Event) -> list[Command]:
        """Decide on an event and everything it releases; return the commands that follow."""
        self.now = max(self.now + 10, event.read_at if isinstance(event, Change) else 0)
        return self._follow(decide(self.context, self, event, self.now))

    def assigned(self) -> list[Command]:
        """Take the partition up again, as after a restart."""
        return self._follow(assigned(self.context, self, self.now))

    def _follow(self, decision: Decision) -> list[Command]:
        before = len(self.commands)
        self._commit(decision)
        while decision.more:
            decision = release(self.context, self, self.now)
            self._commit(decision)
        return self.commands[before:]

    def _commit(self, decision: Decision) -> None:
        for key, row in decision.rows.items():
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row
        self.commands += decision.commands
        self.journal += decision.journal
        self.requests += decision.requests
        self.refused += [letter.message for letter in decision.letters]

    def change(self, side: Side, flow: Flow, record: str, at: int = 0, **more: Any) -> Change:
        """Return a change; `at` is ms after NOW, `fields` are native."""
        told: dict[str, Any] = {"op": "upsert", "fields": {}, "capture": "poll", "read_at": NOW + at + 10_000, "created_at": NOW + at}
        told |= {"updated_at": NOW + at, "version": at + 1 if side == "erp" else None} | more
        return Change("main", side, entity_of(flow, side), record, **told)

    def show(self, side: Side, flow: Flow, record: str, fields: Fields, at: int = 0, **more: Any) -> list[Command]:
        """Let a side show a record."""
        return self.feed(self.change(side, flow, record, at, fields=fields, **more))

    def marks(self, *flows: Flow) -> list[Command]:
        """Mark both snapshots of some flows, or of all."""
        found = []
        for flow in flows or FLOWS:
            for side in SIDES:
                found += self.feed(ScanMark("main", side, entity_of(flow, side), "snapshot", self.now, 0))
        return found

    def answer(self, command: Command, status: str = "applied", **more: Any) -> list[Command]:
        """Let a command come to something; by default it is done as sent."""
        self.now = max(self.now + 5_000, more.get("updated_at") or 0)
        self.made += command.target is None
        told: dict[str, Any] = {"id": command.target or f"new{self.made}", "record": dict(command.fields), "updated_at": self.now}
        told |= {"version": self.now if command.side == "erp" else None, "created_at": self.now} | more
        outcome = Outcome(
            command.id,
            "main",
            command.link,
            command.seq,
            command.side,
            command.entity,
            status,
            self.now,
            1,
            **told,  # type: ignore[arg-type]
        )
        return self.feed(outcome)

    def ask(self, op: str, **args: str) -> list[Command]:
        """Let an operator ask for something."""
        return self.feed(Control(f"c{self.now}", "main", op, args, "tester", self.now))  # type: ignore[arg-type]

    def links(self) -> list[Link]:
        """Return every link."""
        return [load(row, Link) for key, row in self.rows.items() if key.startswith(b"link/")]

    def link(self, record: str) -> Link:
        """Return the link of a record's id."""
        return next(link for link in self.links() if record in (link.keap.id, link.erp.id))

    def kinds(self) -> list[str]:
        """Return the kinds of the journal's entries."""
        return [entry.kind for entry in self.journal]


PERSON: Fields = {"given_name": "Ada", "family_name": "Byron", "email_addresses.EMAIL1.email": "ada@x.example"}
TWIN: Fields = {"first_name": "Ada", "last_name": "Byron", "email": "ADA@x.example"}


def pair(desk: Desk) -> Link:
    """Link the contacts k1 and e1 by their e-mail and return the link, with nothing left to do."""
    desk.show("keap", "contact", "k1", PERSON)
    desk.show("erp", "contact", "e1", TWIN)
    desk.marks()
    assert desk.commands == []
    return desk.link("k1")
