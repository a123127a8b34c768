"""People and automations on both sides, and what must be true when they have left."""

from __future__ import annotations

from random import Random

from schemas.flows import SIDES, Fields, Flow, Side, entity_of
from streams.sync.fields import agreed, ref_of
from streams.sync.state import Link
from tests.simulation.systems import Stored
from tests.simulation.world import MAPPING, World

NAMES = ["Ada", "Bob", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana"]


class People:
    """Makes and edits records; every value is used once, so that a value from nowhere or a lost edit shows."""

    def __init__(self, world: World, random: Random) -> None:
        self.world = world
        self.random = random
        self.number = 0
        self.twins: list[tuple[str, str]] = []
        self.renamed: set[str] = set()

    def unique(self, word: str) -> str:
        """Return a value never used before."""
        self.number += 1
        return f"{word} {self.number}"

    def settle_in(self) -> None:
        """Fill both systems with overlapping, noisy data."""
        for _ in range(self.random.randrange(2, 6)):
            self.company()
        for _ in range(self.random.randrange(2, 8)):
            self.contact()
        for _ in range(self.random.randrange(1, 4)):
            self.product()
            self.opportunity()
        self.world.now += 10_000

    def company(self) -> None:
        """Make a company on one side or both."""
        name, mail = self.unique("Firm"), f"f{self.number}@x.example"
        self._both("company", {"name": name, "email": mail, "billing_address.city": "Oslo", "billing_address.line1": "Road 1"})

    def contact(self) -> None:
        """Make a contact on one side or both, with or without a company."""
        mail = f"p{self.number}@x.example"
        values: Fields = {"first_name": self.random.choice(NAMES), "last_name": self.unique("Person"), "email": mail}
        self._both("contact", values, {"customer_id": "company"})

    def product(self) -> None:
        """Make a product on one side or both."""
        self._both("product", {"name": self.unique("Thing"), "sku": f"S{self.number}", "unit_price": "12.5"})

    def opportunity(self) -> None:
        """Make an opportunity of some contact; orders are never made by hand."""
        contacts = self._records("keap", "contact")
        if contacts:
            fields = {"opportunity_title": self.unique("Deal"), "contact.id": self.random.choice(contacts).id, "stage.name": "Won"}
            self.world.systems["keap"].create("opportunity", fields, self.world.now)

    def _both(self, flow: Flow, values: Fields, references: dict[str, Flow] | None = None) -> None:
        made: dict[Side, str] = {}
        for side in self.random.choice((("keap",), ("erp",), SIDES)):
            fields: Fields = {}
            for name, value in values.items():
                row = MAPPING[flow].row(name)
                noisy = str(value).upper() if self.random.random() < 0.2 and name in ("name", "email") else value
                fields[row.path(side) or ""] = row.kind.write(side, noisy)
            for name, target in (references or {}).items():
                parents = self._records(side, target)
                if parents and self.random.random() < 0.7:
                    fields[MAPPING[flow].row(name).path(side) or ""] = self.random.choice(parents).id
            made[side] = self.world.systems[side].create(flow, fields, self.world.now).id
        if len(made) == len(SIDES):
            self.twins.append((made["keap"], made["erp"]))

    def _records(self, side: Side, flow: Flow) -> list[Stored]:
        return [r for r in self.world.systems[side].records.values() if r.flow == flow and not r.deleted]

    def act(self) -> None:
        """Do one thing: mostly edit, at times make."""
        self.world.now += self.random.randrange(1200)
        what = self.random.random()
        if what < 0.08:
            self.random.choice((self.company, self.contact, self.product, self.opportunity))()
        else:
            self.edit()

    def edit(self) -> None:
        """Change or clear a field of some record."""
        side = self.random.choice(SIDES)
        flow: Flow = self.random.choice(("company", "contact", "product", "opportunity"))
        records = self._records(side, flow)
        if not records:
            return
        names = {
            "company": ["name", "notes", "billing_address.city", "billing_address.line1", "phone_extension"],
            "contact": ["nickname", "last_name", "job_title", "customer_id"],
            "product": ["description", "unit_price", "taxable"],
            "opportunity": ["title", "notes", "status"],
        }[flow]
        name = self.random.choice(names)
        row = MAPPING[flow].row(name)
        record = self.random.choice(records)
        value = self._value(side, name)
        if name in ("name", "last_name"):
            self.renamed.add(record.id)
        self.world.systems[side].patch(record, {row.path(side) or "": value}, self.world.now)

    def _value(self, side: Side, name: str) -> str | bool | None:
        if name == "customer_id":
            parents = self._records(side, "company")
            return self.random.choice(parents).id if parents and self.random.random() < 0.8 else None
        if name == "unit_price":
            return f"{self.random.randrange(1, 9999)}.25"
        if name == "taxable":
            return self.random.random() < 0.5
        if name == "status":
            return self.random.choice(("Won", "Lost", "Proposal") if side == "keap" else ("won", "lost", "quoted"))
        if name in ("notes", "nickname", "job_title", "billing_address.city", "description") and self.random.random() < 0.2:
            return None
        return self.unique("Value")

    # -- the end -----------------------------------------------------------------------------------------------------------

    def check(self) -> None:
        """Hold the end state against the invariants."""
        links = {ref: link for link in self.world.links() for side in SIDES if (ref := ref_of(link, side))}
        self._everything_linked(links)
        for link in set(map(id, links.values())) and {link.id: link for link in links.values()}.values():
            if link.state != "linked":
                continue
            assert link.keap.pending is None
            assert link.erp.pending is None
            self._equal(link, links)
        for keap, erp in self.twins:
            if {keap, erp} & self.renamed:
                continue  # somebody changed what they are known by, perhaps before they met
            flow = self.world.systems["keap"].records[keap].flow
            reviewed = {entry.link for entry in self.world.journal if entry.kind == "review"}
            one, two = links[f"keap/{entity_of(flow, 'keap')}/{keap}"], links[f"erp/{entity_of(flow, 'erp')}/{erp}"]
            assert one.id == two.id or {one.id, two.id} & reviewed, f"twins {keap} {erp}: {one.state} {two.state}"
        self._no_duplicates()
        before = [len(commands) for commands in self.world.commands.values()]
        self.world.committed["changes"] = self.random.randrange(len(self.world.changes))
        self.world.quiet()
        after = [
            [c for c in commands[count:] if c.op != "read"] for commands, count in zip(self.world.commands.values(), before, strict=True)
        ]
        assert after == [[], []], f"a replay wrote {after}"

    def _everything_linked(self, links: dict[str, Link]) -> None:
        for side in SIDES:
            for record in self.world.systems[side].records.values():
                ref = f"{side}/{entity_of(record.flow, side)}/{record.id}"
                assert ref in links, f"{ref} has no link"
                link = links[ref]
                waits = link.state == "review" or link.gate in ("direction", "filter", "keap_requires_contact_point")
                assert link.state == "linked" or waits, f"{ref} is {link.state} at {link.gate} {link.gates}"

    def _equal(self, link: Link, links: dict[str, Link]) -> None:
        records = {side: self.world.systems[side].records[link.side(side).id] for side in SIDES}
        for row in MAPPING[link.flow].rows:
            if row.create_only or row.derive or row.keap is None:
                continue
            keap, erp = (row.kind.read(s, records[s].fields.get(row.path(s))) for s in SIDES)
            if row.kind.reference:
                one, two = links.get(keap), links.get(erp)
                if one is not two:
                    assert "linked" not in (one and one.state, two and two.state) or None in (one, two), (
                        f"{link.id} {row.name} {keap} {erp}"
                    )
                    assert one is None or two is None or one.state == "review" or two.state == "review", f"{row.name} {keap} {erp}"
                continue
            if row.default and None in (keap, erp):
                continue  # a default fills a create and compares as empty
            one, two = (None if v is None else row.kind.loose(v) if self.world.habits else row.kind.key(v) for v in (keap, erp))
            assert one == two, f"{link.flow} {link.id} {row.name}: {keap!r} {erp!r} agreed {agreed(link, row.name)}"

    def _no_duplicates(self) -> None:
        for side in SIDES:
            for link in self.world.links():
                ours = [r for r in self.world.systems[side].records.values() if r.stamp == link.id]
                assert len(ours) <= 1, f"{link.id} was made {len(ours)} times on {side}"
