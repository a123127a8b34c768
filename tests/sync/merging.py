"""Two contacts of Keap that are to become one: how they come to be, are merged, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from schemas.flows import Fields, Flow, Side
from schemas.records import Command, ScanMark
from streams.sync.state import Link
from tests.sync.desk import MAPPING, NOW, Desk, context

HOUR = 3_600_000
POLICIES = ("keep", "deactivate", "delete")


def person(name: str, mail: str | None, **more: Any) -> Fields:
    """Return a contact as Keap shows it."""
    return {"given_name": name, "family_name": "Byron", "email_addresses.EMAIL1.email": mail} | more


def contact(name: str, mail: str | None, **more: Any) -> Fields:
    """Return a contact as the ERP shows it."""
    return {"first_name": name, "last_name": "Byron", "email": mail} | more


@dataclass
class Remembering(Desk):
    """A desk at which each record is shown whole after a write; what people show is what a record is from then on."""

    shown: dict[str, Fields] = field(default_factory=dict)

    def show(self, side: Side, flow: Flow, record: str, fields: Fields, at: int = 0, **more: Any) -> list[Command]:
        """Let a side show a record, made at the beginning unless said otherwise."""
        self.shown[record] = fields
        return super().show(
            side, flow, record, fields, at, **{"created_at": NOW, "version": self.now + at if side == "erp" else None} | more
        )

    def answer(self, command: Command, status: str = "applied", **more: Any) -> list[Command]:
        """Let a command come to something."""
        record = more.get("id", command.target)
        if status == "applied" and "record" not in more:
            self.shown[record] = more["record"] = self.shown.get(record, {}) | command.fields
        return super().answer(command, status, **more)


def desk_with(policy: str = "keep") -> Desk:
    """Return a desk at which contact 2 of Keap and contact 2 of the ERP are a pair, under a policy for the twins of lost contacts."""
    flow = replace(MAPPING["contact"], deletes={"erp": policy, "keap": policy})  # type: ignore[dict-item]
    desk = Remembering(context(mapping=MAPPING | {"contact": flow}))
    desk.show("keap", "contact", "k2", person("Ada", "ada@x.example"))
    desk.show("erp", "contact", "e2", contact("Ada", "ada@x.example"))
    assert desk.marks() == []
    return desk


def two_pairs(policy: str = "keep") -> Desk:
    """Add contact 1 with a twin of its own, and an order of contact 2: Keap's 20, the ERP's new1."""
    desk = desk_with(policy)
    desk.show("keap", "contact", "k1", person("Adah", "adah@x.example"))
    assert desk.link("k1").erp.pending is not None
    desk.answer(desk.commands[-1], id="e1")
    (create,) = desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k2"})
    assert create.fields["contact_id"] == "e2"
    desk.answer(create, id="e20")
    return desk


def settled(desk: Desk, commands: list[Command]) -> list[Command]:
    """Let the commands be done as sent; return them and what follows."""
    done = []
    while commands:
        done += commands
        commands = [later for command in commands for later in desk.answer(command)]
    return done


def lose(desk: Desk, record: str = "k2", at: int = HOUR, **more: Any) -> list[Command]:
    """Let a contact be proved gone, by a sweep unless said otherwise."""
    side: Side = "keap" if record.startswith("k") else "erp"
    told = {"op": "delete", "fields": {}, "capture": "reread", "updated_at": None, "created_at": None, "version": None} | more
    return desk.feed(desk.change(side, "contact", record, at, **told))


def survive(desk: Desk, at: int = 60_000) -> list[Command]:
    """Let contact 1 of Keap show the e-mail of contact 2, as after a merge."""
    return settled(desk, desk.show("keap", "contact", "k1", person("Adah", "ada@x.example"), at=at))


def swept(desk: Desk, at: int, side: Side = "keap") -> list[Command]:
    """Let a sweep of the contacts, begun at `at`, be over."""
    return desk.feed(ScanMark("main", side, "contact", "sweep", NOW + at, 2))


def entries(desk: Desk, kind: str) -> list[str]:
    """Return the details of the journal's entries of a kind."""
    return [entry.detail for entry in desk.journal if entry.kind == kind]


def assert_left_to_an_operator(desk: Desk, link: Link) -> None:
    """The loser's twin is in review under the survivor's name, as it was."""
    assert (link.state, link.candidates) == ("review", ["keap/contact/k1", "erp/contact/e1"])
    assert link.reason == "keap/contact/k2 was merged into keap/contact/k1, which has a twin of its own"
    assert entries(desk, "merged") == ["keap/contact/k2 was merged into keap/contact/k1"]
    assert {command.op for command in desk.commands} == {"create", "update"}


def merged() -> Desk:
    """Return a desk at which 2 was merged into 1, which has a twin of its own."""
    desk = two_pairs()
    survive(desk)
    settled(desk, desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k1"}, at=60_000))
    lose(desk)
    return desk
