"""Who is whose twin: rules in order, never a guess."""

from __future__ import annotations

from schemas.records import Command
from tests.sync.desk import PERSON, TWIN, Desk


def _contact(last: str, mail: str | None, first: str = "Ada") -> dict[str, str | None]:
    return {"first_name": first, "last_name": last, "email": mail}


def _person(last: str, mail: str | None, first: str = "Ada") -> dict[str, str | None]:
    return {"given_name": first, "family_name": last, "email_addresses.EMAIL1.email": mail}


def test_nothing_is_linked_or_created_before_both_snapshots() -> None:
    """One side read whole is not enough."""
    desk = Desk()
    assert desk.show("keap", "contact", "k1", PERSON) == []
    assert desk.show("erp", "contact", "e1", TWIN) == []
    assert {link.state for link in desk.links()} == {"half"}
    assert {link.gate for link in desk.links()} == {"snapshot/contact"}


def test_two_records_with_one_email_are_left_for_review_with_their_candidates() -> None:
    """Two Keap contacts and one ERP contact share an address: no write, candidates named."""
    desk = Desk()
    desk.show("keap", "contact", "k1", _person("Byron", "ada@x.example"))
    desk.show("keap", "contact", "k2", _person("Byron", "ada@x.example"))
    desk.show("erp", "contact", "e1", _contact("Byron", "ada@x.example"))
    assert desk.marks() == []
    assert {link.state for link in desk.links()} == {"review"}
    assert desk.link("k1").candidates == ["erp/contact/e1", "keap/contact/k2"]


def test_the_last_name_tells_which_when_the_email_is_unique_on_one_side() -> None:
    """A shared address is narrowed by the last name; the other one stays in review."""
    desk = Desk()
    desk.show("keap", "contact", "k1", _person("Byron", "info@x.example"))
    desk.show("keap", "contact", "k2", _person("King", "info@x.example"))
    desk.show("erp", "contact", "e1", _contact("King", "info@x.example"))
    assert desk.marks() == []
    assert desk.link("k2").erp.id == "e1"
    assert desk.link("k1").state == "review"


def test_without_email_the_names_and_the_linked_customer_decide() -> None:
    """References are compared through the links, not by id."""
    desk = Desk()
    desk.show("keap", "company", "k9", {"company_name": "Acme"})
    desk.show("erp", "company", "e9", {"name": "ACME "})
    desk.show("keap", "contact", "k1", _person("Byron", None) | {"company.id": "k9"})
    desk.show("erp", "contact", "e1", _contact("byron", None) | {"customer_id": "e9"})
    desk.marks()
    assert desk.link("k1").id == desk.link("e1").id


def test_a_review_is_looked_at_again_when_a_key_changes() -> None:
    """Once one of two rivals gets another address, the other is linked."""
    desk = Desk()
    desk.show("keap", "contact", "k1", _person("Byron", "ada@x.example"))
    desk.show("keap", "contact", "k2", _person("King", "ada@x.example", "Bea"))
    desk.show("erp", "contact", "e1", _contact("Lovelace", "ada@x.example"))
    desk.marks()
    desk.show("keap", "contact", "k2", _person("King", "bea@x.example", "Bea"), at=60_000)
    assert desk.link("k1").erp.id == "e1"


def test_a_half_whose_create_was_refused_is_looked_at_when_somebody_comes_to_share_its_key() -> None:
    """As if it had come after: else a replay would end in another state."""
    desk = Desk()
    desk.show("erp", "contact", "e1", _contact("Byron", "byron@x.example"))
    desk.show("keap", "contact", "k2", _person("King", "king@x.example"))
    desk.show("erp", "contact", "e2", _contact("King", "king@x.example"))
    (create,) = desk.marks()
    desk.answer(create, "rejected", id=None, record=None, error="422 no")
    assert desk.link("e1").keap.blocked == "422 no"
    desk.show("erp", "contact", "e2", _contact("King", "byron@x.example"), at=60_000)
    assert (desk.link("e1").state, desk.link("e1").candidates) == ("review", ["erp/contact/e2", "keap/contact/k2"])


def test_a_half_that_waits_is_looked_at_when_somebody_comes_to_share_its_key() -> None:
    """A person waits at a gate and a pair takes on his name: he is left for review, as if he had come after, for as long as it has it."""
    desk = Desk()
    desk.show("keap", "company", "k9", {"company_name": "Acme"})
    desk.show("erp", "company", "e9", {"name": "Acme"})
    desk.show("erp", "contact", "e1", _contact("Byron", None) | {"customer_id": "e9"})
    desk.show("keap", "contact", "k2", _person("King", None) | {"company.id": "k9"})
    desk.show("erp", "contact", "e2", _contact("King", None) | {"customer_id": "e9"})
    desk.marks()
    assert (desk.link("e1").state, desk.link("e1").gate, desk.link("e2").state) == ("half", "keap_requires_contact_point", "linked")
    desk.show("erp", "contact", "e2", _contact("Byron", None) | {"customer_id": "e9"}, at=60_000)
    assert (desk.link("e1").state, desk.link("e1").candidates) == ("review", ["erp/contact/e2", "keap/contact/k2"])
    desk.show("erp", "contact", "e2", _contact("Lovelace", None) | {"customer_id": "e9"}, at=120_000)
    assert (desk.link("e1").state, desk.link("e1").gate) == ("half", "keap_requires_contact_point")


def test_noise_in_case_spaces_and_accents_does_not_hide_a_twin() -> None:
    """Match keys are compared without them."""
    desk = Desk()
    desk.show("keap", "product", "k1", {"name": "  Crème  BRÛLÉE", "price.amount": "5"})
    desk.show("erp", "product", "e1", {"name": "creme brulee", "unit_price": "5.00"})
    desk.marks()
    assert desk.link("k1").erp.id == "e1"


def test_an_operator_links_what_the_rules_left_for_review() -> None:
    """`review link` makes the pair; the rival is looked at again and stays in review."""
    desk = Desk()
    test = [("k1", "Byron"), ("k2", "Byron")]
    for record, last in test:
        desk.show("keap", "contact", record, _person(last, "ada@x.example"))
    desk.show("erp", "contact", "e1", _contact("Byron", "ada@x.example"))
    desk.marks()
    desk.ask("link", a="keap/contact/k2", b="erp/contact/e1")
    assert desk.link("k2").erp.id == "e1"
    assert desk.link("k1").state == "review"


def test_ignoring_the_rival_leaves_one_candidate() -> None:
    """`review ignore` takes a record out of the matching for good."""
    desk = Desk()
    for record in ("k1", "k2"):
        desk.show("keap", "contact", record, _person("Byron", "ada@x.example"))
    desk.show("erp", "contact", "e1", _contact("Byron", "ada@x.example"))
    desk.marks()
    desk.ask("ignore", ref="keap/contact/k1")
    assert desk.link("k2").erp.id == "e1"
    assert desk.link("k1").state == "ignored"


def test_an_unlinked_pair_stays_apart_until_an_operator_decides() -> None:
    """`review unlink` is not undone by the next poll."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    desk.show("erp", "contact", "e1", TWIN)
    desk.marks()
    desk.ask("unlink", link="keap/contact/k1")
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    assert desk.link("k1").state == desk.link("e1").state == "review"
    assert desk.commands == []
    desk.ask("link", a="keap/contact/k1", b="erp/contact/e1")
    assert [command.fields for command in desk.commands] == [{"job_title": "Countess"}]


def test_on_the_first_link_an_empty_value_loses_and_the_newest_wins() -> None:
    """Fields that only one side has fill the other; of two values the newer stands and the older is journaled."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "old", "middle_name": "King"})
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "new", "website": "https://x.example"}, at=5_000)
    commands = desk.marks()
    assert {command.side: command.fields for command in commands} == {
        "keap": {"job_title": "new", "website": "https://x.example"},
        "erp": {"middle_name": "King"},
    }
    assert [(entry.won, entry.lost) for entry in desk.journal if entry.kind == "conflict"] == [("new", "old")]


def being_read() -> tuple[Desk, Command]:
    """Return a desk at which k1 has one likeness, e1, and the command that reads it."""
    desk = Desk()
    desk.show("erp", "contact", "e1", TWIN)
    (read,) = desk.feed(desk.change("erp", "contact", "e1", op="delete", version=None, updated_at=None))  # too soon to be believed
    desk.show("keap", "contact", "k1", PERSON)
    desk.marks()
    return desk, read


def test_a_record_that_is_being_read_is_joined_when_the_answer_is_there() -> None:
    """The command names the link of its half: with that gone, its slot would never be free, and the pair wait for ever."""
    desk, read = being_read()
    assert [link.state for link in desk.links()] == ["half", "half"]
    desk.answer(read, record=TWIN, version=1)
    assert desk.link("k1").erp.id == "e1"
    assert desk.link("k1").erp.pending is None


def test_a_record_that_is_being_read_and_is_gone_holds_its_likeness_no_longer() -> None:
    """There is nobody left to be joined with: it gets a twin of its own."""
    desk, read = being_read()
    assert desk.link("k1").gate == f"create/{read.link}"
    (create,) = desk.answer(read, "gone", record=None)
    assert (create.op, create.side, create.link) == ("create", "erp", desk.link("k1").id)
