"""The events that every benchmark is fed: contacts of 20 fields, linked, then edited on either side.

They are made once by running the core over them with a clock that stands still: command ids depend on nothing else, so the outcomes can
be written down beforehand, and whoever decides on these events has to issue exactly these commands.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from msgspec.structs import replace

from schemas.flows import FLOWS, SIDES, Fields, Side, entity_of
from schemas.records import Change, Command, Outcome, ScanMark
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.decide import Event, decide, release
from streams.sync.turn import Context, Decision, Limit

NOW: Final = 1_800_000_000_000
MAPPING: Final = load_mapping(None, MappingOptions())
CONTACT: Final = MAPPING["contact"]
WINDOW: Final = 16
"""Edits whose commands are in flight together: fewer than there are slots, so that none waits."""
EDITED: Final = ("job_title", "nickname", "billing_address.city", "website")
Kind = Literal["edit", "outcome", "echo"]


def clock() -> int:
    """Tell the time at which everything here is decided."""
    return NOW


def context(connection: str) -> Context:
    """Return a connection's context with the mapping that ships; its breakers count, and never trip."""
    counted = Limit(10**9)
    return Context(connection, MAPPING, {"keap": 2000, "erp": 2000}, {"keap": 1000, "erp": 0}, updates=counted, deletes=counted)


def person(dice: random.Random, number: int) -> Fields:
    """Return a contact in canonical form, 20 fields filled."""
    first, last = _word(dice, 6), _word(dice, 9)
    return {
        "first_name": first,
        "last_name": last,
        "middle_name": _word(dice, 5),
        "title": dice.choice(("Mr.", "Ms.", "Dr.")),
        "suffix": dice.choice(("Jr.", "Sr.", "III")),
        "nickname": first[:4],
        "job_title": f"{_word(dice, 8)} {_word(dice, 7)}",
        "email": f"{first}.{last}.{number}@{_word(dice, 8)}.example".lower(),
        "phone": f"+1415555{dice.randrange(10000):04}",
        "mobile": f"+1415556{dice.randrange(10000):04}",
        "birth_date": f"19{dice.randrange(50, 99)}-0{dice.randrange(1, 9)}-1{dice.randrange(9)}",
        "website": f"https://www.{_word(dice, 10).lower()}.example",
        "language": dice.choice(("en-US", "de-DE", "fr-FR")),
        "time_zone": dice.choice(("Europe/Berlin", "America/New_York")),
        "contact_type": dice.choice(("lead", "customer", "partner")),
        "billing_address.line1": f"{dice.randrange(1, 999)} {_word(dice, 9)} Street",
        "billing_address.city": _word(dice, 9),
        "billing_address.region": "CA",
        "billing_address.postal_code": f"{dice.randrange(99999):05}",
        "billing_address.country": "US",
    }


def native(side: Side, fields: Fields) -> Fields:
    """Return a contact as a side shows it."""
    rows = ((row.path(side), row.kind, fields[row.name]) for row in CONTACT.rows if row.name in fields)
    return {path: kind.write(side, value) for path, kind, value in rows if path}


def _word(dice: random.Random, letters: int) -> str:
    return "".join(dice.choices("abcdefghijklmnoprstuvw", k=letters)).capitalize()


@dataclass
class World:
    """One connection: its table, what both sides show, and the events that come of it. Deterministic for a seed."""

    connection: str = "main"
    seed: int = 1
    rows: dict[bytes, bytes] = field(default_factory=dict)
    people: list[Fields] = field(default_factory=list)
    now: int = NOW
    issued: list[str] = field(default_factory=list)
    """Ids of all commands so far."""
    entries: int = 0
    """Journal entries so far."""
    _versions: list[int] = field(default_factory=list)
    _turns: int = 0

    def __post_init__(self) -> None:
        """Start the dice and the context."""
        self.dice = random.Random(self.seed)
        self.context = context(self.connection)

    def get(self, key: bytes) -> bytes | None:
        """Return a row."""
        return self.rows.get(key)

    def load(self, links: int) -> Iterator[Event]:
        """Yield the first run: both sides of so many pairs, then the snapshots' marks, which link them."""
        for number in range(links):
            self.people.append(person(self.dice, number))
            self._versions.append(1)
            yield from (self._change(side, number) for side in SIDES)
        yield from (ScanMark(self.connection, side, entity_of(flow, side), "snapshot", NOW, 0) for flow in FLOWS for side in SIDES)

    def commit(self, decision: Decision) -> Sequence[Command]:
        """Write a decision's rows and return its commands."""
        for key, row in decision.rows.items():
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row
        self.issued += [command.id for command in decision.commands]
        self.entries += len(decision.journal)
        return decision.commands

    def decide(self, event: Event) -> list[Command]:
        """Decide on an event and all pages it releases."""
        decision = decide(self.context, self, event, NOW)
        commands = [*self.commit(decision)]
        while decision.more:
            decision = release(self.context, self, NOW)
            commands += self.commit(decision)
        return commands

    def edits(self) -> list[Event]:
        """Edit a window of people, one field each, on either side in turn; decide nothing yet."""
        self.now += 60_000
        window: list[Event] = []
        for _ in range(WINDOW):
            number, side = self._turns * 7919 % len(self.people), SIDES[self._turns % 2]
            self._turns += 1
            self.people[number] = self.people[number] | {self.dice.choice(EDITED): f"{_word(self.dice, 12)}"}
            self._versions[number] += 1
            window.append(self._change(side, number))
        return window

    def applied(self, command: Command) -> Outcome:
        """Return the outcome of a command that did what it said."""
        number = int((command.target or "")[1:])
        self._versions[number] += 1
        shown = self._change(command.side, number)
        return Outcome(
            command.id, self.connection, command.link, command.seq, command.side, command.entity, "applied", self.now + 5_000, calls=1,
            id=shown.id, record=shown.fields, version=shown.version, created_at=NOW, updated_at=shown.updated_at,
        )  # fmt: skip

    def echo(self, command: Command) -> Change:
        """Return what the next poll of a written side shows."""
        shown = self._change(command.side, int((command.target or "")[1:]))
        return replace(shown, read_at=self.now + 20_000)

    def life(self, edits: int) -> Iterator[tuple[Kind, list[Event]]]:
        """Yield the life of at least so many edits, window by window: edits, outcomes, echoes. Each is decided after it is yielded."""
        for _ in range(-(-edits // WINDOW)):
            window = self.edits()
            yield "edit", window
            commands = [command for event in window for command in self.decide(event)]
            outcomes: list[Event] = [self.applied(command) for command in commands]
            yield "outcome", outcomes
            for event in outcomes:
                self.decide(event)
            echoes: list[Event] = [self.echo(command) for command in commands]
            yield "echo", echoes
            for event in echoes:
                self.decide(event)

    def _change(self, side: Side, number: int) -> Change:
        version = self._versions[number] if side == "erp" else None
        fields, at = native(side, self.people[number]), self.now + self._versions[number] % 7
        return Change(
            self.connection, side, entity_of("contact", side), f"{side[0]}{number}", "upsert", fields, self.now + 10_000, "poll",
            version=version, created_at=NOW, updated_at=at,
        )  # fmt: skip
