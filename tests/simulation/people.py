"""People and automations of one connection: they make, edit, rename, clear, delete and restore, most of all when it is inconvenient."""

from __future__ import annotations

from random import Random

from schemas.flows import SIDES, Fields, Flow, Side, Value
from streams.mapping.rows import Row
from tests.simulation.merges import duplicate_or_merge
from tests.simulation.options import Options
from tests.simulation.oracle import Oracle
from tests.simulation.reactions import Reactions
from tests.simulation.systems import POISON, Stored, System
from tests.simulation.trace import Trace

NAMES = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn"]
EDITED: dict[Flow, list[str]] = {
    "company": ["name", "notes", "website", "phone_extension", "billing_address.line1", "billing_address.city"],
    "contact": ["nickname", "last_name", "job_title", "customer_id", "email", "billing_address.line1", "billing_address.city"],
    "product": ["description", "unit_price", "taxable", "short_description", "name"],
    "opportunity": ["title", "notes", "status"],
}
CLEARED = {"notes", "nickname", "job_title", "billing_address.city", "description", "website"}
KEYS = {"name", "email", "last_name", "first_name", "sku"}
"""Rows a record is known by."""


class People:
    """Every text they write is used once, and names its connection: a lost edit and a value from nowhere show."""

    def __init__(self, name: str, systems: dict[Side, System], options: Options, random: Random, oracle: Oracle, trace: Trace) -> None:
        self.name = name
        self.systems = systems
        self.options = options
        self.random = random
        self.oracle = oracle
        self.trace = trace
        self.number = 0
        self.edits = 0
        self.away = False
        self.last: tuple[Side, Stored, str] | None = None
        self.waiting: list[tuple[Side, Stored, str]] = []
        self.reactions = Reactions(self)
        for side, system in systems.items():
            system.written = lambda record, fields, side=side: self.written(side, record, fields)  # type: ignore[misc]

    def unique(self, word: str) -> str:
        """Return a value never used before."""
        self.number += 1
        return f"{word} {self.number} {self.name}"

    # -- making ------------------------------------------------------------------------------------------------------------

    def settle_in(self) -> None:
        """Fill both systems with overlapping, noisy data, some of it ambiguous."""
        for _ in range(self.random.randrange(1, 5)):
            self.company()
        for _ in range(self.options.crowd):
            self.contact()
        for _ in range(self.random.randrange(1, 4)):
            self.product()
            self.opportunity()
        if self.random.random() < 0.3:
            self.strangers()

    def company(self) -> None:
        """Make a company on one side or both."""
        name = self.unique("Firm")
        self._both("company", {"name": name, "email": self._mail(), "billing_address.city": "Oslo", "billing_address.line1": "Road 1"})

    def contact(self) -> None:
        """Make a contact on one side or both, with or without e-mail and company."""
        values: Fields = {"first_name": self.random.choice(NAMES), "last_name": self.unique("Person")}
        if self.random.random() < 0.85:
            values["email"] = self._mail()
        self._both("contact", values)

    def product(self) -> None:
        """Make a product on one side or both."""
        self._both("product", {"name": self.unique("Thing"), "sku": self._sku(), "unit_price": "12.5"})

    def opportunity(self) -> None:
        """Make an opportunity of some contact; orders are never made by hand."""
        contacts = self.systems["keap"].living("contact")
        if contacts:
            fields: Fields = {
                "opportunity_title": self.unique("Deal"),
                "contact.id": self.random.choice(contacts).id,
                "stage.name": self.random.choice(("Won", "Won", "Lost")),
            }
            self.systems["keap"].create("opportunity", fields | {"created_time": "2026-01-05T10:00:00Z"})

    def strangers(self) -> None:
        """Make records that nobody could tell apart: two on one side, one on the other."""
        values: Fields = {"first_name": "Sam", "last_name": self.unique("Same"), "email": self._mail()}
        several = self.random.choice(SIDES)
        made = {self._make(side, "contact", values).id for side in (several, several, "erp" if several == "keap" else "keap")}
        self.oracle.strangers.append(("contact", made))

    def _mail(self) -> str:
        self.number += 1
        return f"p{self.number}@{self.name}.example"

    def _sku(self) -> str:
        self.number += 1
        return f"S{self.number}{self.name}"

    def _both(self, flow: Flow, values: Fields) -> None:
        made = {side: self._make(side, flow, values).id for side in self.random.choice((("keap",), ("erp",), SIDES))}
        if len(made) == len(SIDES) and (flow != "contact" or "email" in values):  # without it the company tells, which may differ
            self.oracle.twins.append((flow, made["keap"], made["erp"]))

    def _make(self, side: Side, flow: Flow, values: Fields) -> Stored:
        fields: Fields = {}
        for name, value in values.items():
            row = self.options.mapping[flow].row(name)
            noisy = str(value).upper() if self.random.random() < 0.2 and name in ("name", "email") else value
            fields[row.path(side) or ""] = row.kind.write(side, noisy)
        parents = self.systems[side].living("company")
        if flow == "contact" and parents and self.random.random() < 0.6:
            path = self.options.mapping[flow].row("customer_id").path(side) or ""
            fields[path] = self.random.choice(parents).id
        made = self.systems[side].create(flow, fields)
        self.trace.note(self.systems[side].clock.now, "made", f"{self.name} {side} {made.id} {flow} {made.fields}")
        self._show_groups(side, made)
        return made

    # -- changing ----------------------------------------------------------------------------------------------------------

    def act(self) -> None:
        """Do one thing: mostly edit, at times make, delete or restore."""
        what = self.random.random()
        if what < 0.1:
            self.random.choice((self.company, self.contact, self.product, self.opportunity))()
        elif what < 0.1 + self.options.delete:
            self.delete_or_restore()
        elif what < 0.1 + self.options.delete + self.options.merge:
            duplicate_or_merge(self)
        elif self.last and not self.last[1].deleted and what > 0.85:
            self.edit(*self.last)  # and corrects it
        else:
            side: Side = self.random.choice(SIDES)
            flow: Flow = self.random.choice(("company", "contact", "product", "opportunity"))
            records = self.systems[side].living(flow)
            if records:
                self.edit(side, self.random.choice(records))

    def delete_or_restore(self) -> None:
        """Delete some record, or bring one back."""
        system = self.systems[self.random.choice(SIDES)]
        deleted = [record for record in system.records.values() if record.deleted]
        if deleted and self.random.random() < 0.5:
            self.restore(system, self.random.choice(deleted))
        elif living := [record for record in system.records.values() if not record.deleted]:
            self.delete(system, self.random.choice(living))

    def restore(self, system: System, record: Stored) -> None:
        """Bring a record back, under its id."""
        system.restore(record)
        self.trace.note(system.clock.now, "restored", f"{self.name} {record.id}")

    def delete(self, system: System, record: Stored) -> None:
        """Delete a record."""
        system.delete(record)
        self.trace.note(system.clock.now, "deleted", f"{self.name} {record.id}")

    def edit(self, side: Side, record: Stored, name: str | None = None) -> None:
        """Change or clear a field of a record."""
        name = name or self.random.choice(EDITED[record.flow])
        row = self.options.mapping[record.flow].row(name)
        self.last = (side, record, name)
        self.write(side, record, row, self.value(side, name))

    def write(self, side: Side, record: Stored, row: Row, value: Value) -> None:
        """Type a value into a field of a record."""
        if row.name in KEYS:
            self.oracle.renamed.add(record.id)
        self.edits += 1
        path = row.path(side) or ""
        self.systems[side].patch(record, {path: value}, human=True)
        self.trace.note(self.systems[side].clock.now, "edit", f"{self.name} {side} {record.id} {path}={value}")
        self._show_groups(side, record)

    def _show_groups(self, side: Side, record: Stored) -> None:
        rows = [row for row in self.options.mapping[record.flow].rows if row.group]
        shown = (str(record.fields.get(row.path(side) or "") or "") for row in rows)
        self.oracle.groups.add(tuple(value.casefold().strip() for value in shown))

    def value(self, side: Side, name: str) -> Value:  # noqa: PLR0911 - a table
        """Draw what somebody would type into a field: most texts once and never again."""
        if name in CLEARED and self.random.random() < 0.2:
            return None
        if name == "job_title" and self.random.random() < 0.3:
            return self.unique(POISON)
        match name:
            case "customer_id":
                parents = self.systems[side].living("company")
                return self.random.choice(parents).id if parents and self.random.random() < 0.8 else None
            case "unit_price":
                self.number += 1
                return "free" if self.random.random() < 0.05 else f"{self.number}.25"
            case "taxable":
                return self.random.random() < 0.5
            case "status":
                if self.options.features.words and self.random.random() < 0.3:
                    return self.unique("Limbo")
                return self.random.choice(("Won", "Lost", "Proposal") if side == "keap" else ("won", "lost", "quoted", "invoiced"))
            case "email":
                return self._mail()
            case "phone_extension":
                self.number += 1
                return str(self.number)
        return self.unique("Value") + (" " if self.options.habits and self.random.random() < 0.2 else "")

    def written(self, side: Side, record: Stored, fields: Fields) -> None:
        """Be told that we wrote a record: an automation acts within the write, a colleague who was waiting for it soon."""
        self.reactions.written(side, record, fields)
        if self.away:
            return
        noting = self.options.automations and side == "erp" and record.flow in ("company", "opportunity") and "notes" not in fields
        if noting and self.random.random() < 0.5:
            self.edit(side, record, "notes")
        if self.random.random() < self.options.reactions:
            self.waiting.append((side, record, self.random.choice(sorted(fields))))

    def react(self) -> None:
        """Touch what was written a moment ago."""
        waiting, self.waiting = self.waiting, []
        for side, record, path in waiting:
            if not record.deleted and self.random.random() < 0.3:
                self._undo(side, record, path)
            elif not record.deleted:
                self._touch(side, record)

    def _undo(self, side: Side, record: Stored, path: str) -> None:
        """Put back what stood there before we wrote."""
        row = next((row for row in self.options.mapping[record.flow].rows if row.path(side) == path), None)
        history = self.oracle.history[side, record.id, path]
        if row is not None and row.name in EDITED[record.flow] and row.kind.reference is None:
            self.write(side, record, row, history[-2].value if len(history) > 1 else None)

    def _touch(self, side: Side, record: Stored) -> None:
        if record.flow == "contact" and self.random.random() < 0.4:
            self.edit(side, record, self.random.choice(("email", "last_name")))
        elif self.random.random() < self.options.delete:
            self.delete(self.systems[side], record)
        else:
            self.edit(side, record)
