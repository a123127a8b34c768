"""Two records become one in their own system: no deletion, so nothing happens to the twin of the one that is gone, and children follow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.sync.desk import MAPPING, NOW, context
from tests.sync.merging import (
    HOUR,
    POLICIES,
    Remembering,
    assert_left_to_an_operator,
    contact,
    desk_with,
    entries,
    lose,
    person,
    settled,
    survive,
    swept,
    two_pairs,
)

# -- a survivor without a twin ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
def test_the_pair_goes_on_with_a_survivor_that_has_no_twin(policy: str) -> None:
    """Contact 1 shares the e-mail and waits in review; when 2 is merged into it, it takes 2's place: nothing is written to the twin."""
    desk = desk_with(policy)
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=1_000)
    before = desk.link("k2").id
    assert desk.link("k1").state == "review"
    assert lose(desk) == []
    link = desk.link("k1")
    assert (link.id, link.state, link.erp.id, link.former) == (before, "linked", "e2", ["keap/contact/k2"])
    assert len(desk.links()) == 1
    assert entries(desk, "merged") == ["keap/contact/k2 was merged into keap/contact/k1, the pair goes on with it"]


@pytest.mark.parametrize("policy", POLICIES)
def test_a_survivor_may_show_the_key_after_the_loss_was_met(policy: str) -> None:
    """A write to the duplicate is answered "gone" before a poll shows the survivor: nothing is done until a sweep would have."""
    desk = desk_with(policy)
    desk.show("keap", "contact", "k1", person("Ada", None), at=1_000)
    assert desk.link("k1").state == "half"
    desk.answer(desk.commands[-1], "rejected", id=None, record=None, error="422 no")
    (update,) = desk.show("erp", "contact", "e2", contact("Ada", "ada@x.example", job_title="Countess"), at=30_000)
    assert desk.answer(update, "gone", id=None, record=None) == []
    assert desk.link("e2").state == "orphan"
    (write,) = desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=60_000)
    assert (write.side, write.target, write.fields) == ("keap", "k1", {"job_title": "Countess"})
    assert desk.link("k1").erp.id == "e2"
    assert desk.answer(write, record=person("Ada", "ada@x.example", job_title="Countess")) == []


def test_a_one_way_field_of_which_the_survivor_says_nothing_stays_as_the_twin_has_it() -> None:
    """As at a first link: its source cannot be filled, the twin is not emptied; what the source says later is an edit like any other."""
    title = replace(MAPPING["contact"].row("job_title"), direction="to_erp", policy="erp")
    rows = tuple(title if row.name == "job_title" else row for row in MAPPING["contact"].rows)
    desk = Remembering(context(mapping=MAPPING | {"contact": replace(MAPPING["contact"], rows=rows)}))
    desk.show("keap", "contact", "k2", person("Ada", "ada@x.example", job_title="Countess"))
    desk.show("erp", "contact", "e2", contact("Ada", "ada@x.example", job_title="Countess"))
    desk.marks()
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=1_000)
    assert lose(desk) == []
    assert [entry.field for entry in desk.journal if entry.kind == "tolerated"] == ["job_title"]
    (write,) = desk.show("keap", "contact", "k1", person("Ada", "ada@x.example", job_title="Lady"), at=2 * HOUR)
    assert (write.side, write.fields) == ("erp", {"job_title": "Lady"})
    assert entries(desk, "conflict") == []


def test_a_loss_told_by_a_slow_answer_was_later_than_its_request() -> None:
    """The request for the page hung while contact 1 was made and contact 2 merged into it: 1 is no newcomer."""
    desk = desk_with()
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=HOUR, created_at=NOW + HOUR - 1_000)
    lose(desk, at=HOUR, read_at=NOW + HOUR - 20_000, updated_at=NOW + HOUR)
    assert entries(desk, "merged") == ["keap/contact/k2 was merged into keap/contact/k1, the pair goes on with it"]


def test_what_the_survivor_shows_is_an_edit_and_what_it_lacks_it_gets() -> None:
    """The title of 1 is newer and goes to the twin; the middle name that only the pair knew goes to 1."""
    desk = desk_with()
    settled(desk, desk.show("erp", "contact", "e2", contact("Ada", "ada@x.example", middle_name="King", job_title="old"), at=5_000))
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example", job_title="new"), at=50_000)
    written = {command.side: (command.target, command.fields) for command in lose(desk)}
    assert written == {"erp": ("e2", {"job_title": "new"}), "keap": ("k1", {"middle_name": "King"})}
    assert [(entry.won, entry.lost) for entry in desk.journal if entry.kind == "conflict"] == [("new", "old")]


def test_nothing_is_made_twice_while_the_survivors_twin_is_under_way() -> None:
    """The create decides: done, the survivor has a twin of its own; refused, it takes the other."""
    for status in ("applied", "rejected"):
        desk = desk_with("delete")
        (create,) = desk.show("keap", "contact", "k1", person("Ada", None, website="https://x.example"), at=1_000)
        desk.show("keap", "contact", "k1", person("Ada", "ada@x.example", website="https://x.example"), at=60_000)
        assert lose(desk) == []
        assert desk.link("e2").gates == [f"create/{create.link}"]
        if status == "applied":
            later = settled(desk, desk.answer(create, id="e1"))
            assert [(command.target, command.fields) for command in later] == [("e1", {"email": "ada@x.example"})]
            assert (desk.link("k1").erp.id, desk.link("e2").state) == ("e1", "review")
        else:
            later = settled(desk, desk.answer(create, "rejected", id=None, record=None, error="422 no"))
            assert [command.op for command in later if command.op != "update"] == []
            assert (desk.link("k1").erp.id, len(desk.links())) == ("e2", 1)


def test_children_of_both_meet_in_the_pair() -> None:
    """An order of 2, its contact shown as 1 before or after the merge is known, stays with the twin; an order of 1 is made with it."""
    for late in (False, True):
        desk = desk_with()
        (create,) = desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k2"})
        desk.answer(create, id="e20")
        desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=1_000)
        assert desk.show("keap", "opportunity", "k21", {"opportunity_title": "Other", "contact.id": "k1"}, at=2_000) == []
        moved = {"opportunity_title": "Deal", "contact.id": "k1"}
        if not late:
            assert desk.show("keap", "opportunity", "k20", moved, at=60_000) == []
        commands = {command.op: command for command in lose(desk)}
        made = commands.pop("create")
        assert (made.fields["contact_id"], made.fields["title"]) == ("e2", "Other")
        for command in commands.values():  # whether the twin moved too, before Keap's order did
            assert (command.op, command.target) == ("read", "e20")
            assert desk.answer(command, record={"title": "Deal", "contact_id": "e2"}) == []
        desk.answer(made, id="e21")
        assert not late or desk.show("keap", "opportunity", "k20", moved, at=60_000) == []
        assert (desk.link("k20").erp.pending, desk.link("k20").gates, desk.link("k21").erp.id) == (None, [], "e21")


def test_a_merged_record_that_returns_is_a_half_of_its_own_in_review() -> None:
    """Never guessed: older news of it are dropped, the record itself waits for an operator."""
    desk = desk_with()
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=1_000)
    lose(desk)
    assert desk.show("keap", "contact", "k2", person("Ada", "ada@x.example", job_title="old"), at=30_000) == []
    assert [link.keap.id for link in desk.links()] == ["k1"]
    assert desk.show("keap", "contact", "k2", person("Ada", "ada@x.example", job_title="new"), at=2 * HOUR) == []
    back = desk.link("k2")
    assert (back.state, back.candidates) == ("review", ["keap/contact/k1", "erp/contact/e2"])
    assert back.reason == "keap/contact/k2 is back after it was merged into keap/contact/k1"
    assert desk.link("k1").state == "linked"


def test_a_duplicate_merged_the_moment_it_was_made_may_survive() -> None:
    """Its birth is by another clock, and the loss is as old as the request that met it: seconds tell nothing."""
    desk = desk_with()
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=HOUR, created_at=NOW + HOUR + 12_000)
    assert lose(desk) == []
    assert (desk.link("k1").state, desk.link("k1").erp.id) == ("linked", "e2")


# -- a survivor with a twin of its own -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", POLICIES)
def test_the_twin_of_a_merged_record_is_left_to_an_operator(policy: str) -> None:
    """No delete, no switching off, whatever the policy says; the order follows to the survivor's twin."""
    desk = two_pairs(policy)
    survive(desk)
    (moved,) = desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k1"}, at=60_000)
    assert (moved.target, moved.fields) == ("e20", {"contact_id": "e1"})
    desk.answer(moved)
    assert lose(desk) == []
    assert_left_to_an_operator(desk, desk.link("e2"))


@pytest.mark.parametrize("policy", POLICIES)
def test_a_loss_known_before_its_survivor_is_looked_at_again(policy: str) -> None:
    """A hook told of the loss at once: the survivor's e-mail and the order come after it, the sweep last."""
    desk = two_pairs(policy)
    assert lose(desk, capture="hook") == []
    assert desk.link("e2").state == "orphan"
    survive(desk, at=2 * HOUR)
    assert_left_to_an_operator(desk, desk.link("e2"))
    (moved,) = desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k1"}, at=2 * HOUR)
    assert moved.fields == {"contact_id": "e1"}
    assert swept(desk, 3 * HOUR) == []


@pytest.mark.parametrize("late", [False, True])
def test_orders_that_went_to_one_record_tell_whom_a_contact_was_merged_into(late: bool) -> None:  # noqa: FBT001 - a case
    """The survivor kept its own e-mail: nothing but the order tells, before or after the loss is known."""
    desk = two_pairs("delete")
    if late:
        assert lose(desk, capture="hook") == []
    (moved,) = desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k1"}, at=2 * HOUR)
    assert (moved.target, moved.fields) == ("e20", {"contact_id": "e1"})
    desk.answer(moved)
    if not late:
        assert lose(desk, at=5 * HOUR) == []
    assert_left_to_an_operator(desk, desk.link("e2"))


def test_a_survivor_that_is_read_after_its_orders_and_the_loss_is_found() -> None:
    """The order went to a contact nobody had seen yet: the twin is left to an operator once that one has come to something."""
    desk = two_pairs("keep")
    assert desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k9"}, at=60_000) == []
    assert lose(desk) == []
    assert desk.link("e2").state == "orphan"
    (create,) = desk.show("keap", "contact", "k9", person("Cleo", "cleo@x.example"), at=30_000)
    desk.answer(create, id="e9")
    assert desk.link("e2").reason == "keap/contact/k2 was merged into keap/contact/k9, which has a twin of its own"


def test_the_order_of_a_lost_contact_without_a_survivor_is_no_merge() -> None:
    """What was handed over long before has nothing to do with it: the policy stands."""
    desk = two_pairs("delete")
    settled(desk, desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k1"}, at=60_000))
    (delete,) = lose(desk, at=8 * 24 * HOUR)
    assert (delete.op, delete.target) == ("delete", "e2")


def test_contacts_follow_a_merged_company() -> None:
    """Who is shown with the survivor goes to its twin; whom nobody moved stays with the twin that is left, on both sides alike."""
    desk = desk_with()
    firm = {"company_name": "Acme", "email_address.email": "info@acme.example"}
    desk.show("keap", "company", "k1", firm | {"company_name": "Acme Ltd"})
    desk.answer(desk.commands[-1], id="e1")
    desk.show("keap", "company", "k5", firm)
    desk.answer(desk.commands[-1], id="e5")
    for record, made in (("k20", "e20"), ("k21", "e21")):
        (create,) = desk.show("keap", "contact", record, person("Bea", f"{record}@x.example") | {"company.id": "k5"}, at=1_000)
        assert create.fields["customer_id"] == "e5"
        desk.answer(create, id=made)
    settled(desk, desk.show("keap", "company", "k1", firm, at=60_000))
    (moved,) = desk.show("keap", "contact", "k20", person("Bea", "k20@x.example") | {"company.id": "k1"}, at=60_000)
    assert (moved.target, moved.fields) == ("e20", {"customer_id": "e1"})
    desk.answer(moved)
    assert desk.feed(desk.change("keap", "company", "k5", HOUR, op="delete", fields={}, capture="reread", updated_at=None)) == []
    assert desk.link("e5").reason == "keap/company/k5 was merged into keap/company/k1, which has a twin of its own"
    assert desk.show("keap", "contact", "k21", person("Bea", "k21@x.example") | {"company.id": "k5"}, at=2 * HOUR) == []
    (late,) = desk.show("keap", "contact", "k21", person("Bea", "k21@x.example") | {"company.id": "k1"}, at=3 * HOUR)
    assert (late.target, late.fields) == ("e21", {"customer_id": "e1"})


def test_a_merge_in_the_erp_looks_the_same() -> None:
    """Contact 2 of the ERP went into 1 there: Keap's stays, its opportunity follows."""
    desk = two_pairs("delete")
    settled(desk, desk.show("erp", "opportunity", "e20", {"title": "Deal", "contact_id": "e1"}, at=60_000))
    assert {command.fields["contact.id"] for command in desk.commands if "contact.id" in command.fields} == {"k1"}
    assert lose(desk, "e2", version=2 * NOW) == []
    assert desk.link("k2").reason == "erp/contact/e2 was merged into erp/contact/e1, which has a twin of its own"


def test_an_order_is_never_written_to_a_contact_that_is_gone() -> None:
    """Somebody gives an order to the loser's twin: Keap's has nowhere to go until an operator decides."""
    desk = two_pairs()
    survive(desk)
    lose(desk)
    desk.show("keap", "opportunity", "k20", {"opportunity_title": "Deal", "contact.id": "k1"}, at=2 * HOUR)
    desk.answer(desk.commands[-1])
    assert desk.show("erp", "opportunity", "e20", {"title": "Deal", "contact_id": "e2"}, at=3 * HOUR) == []
    assert desk.link("e20").gates == ["ref/erp/contact/e2"]


def test_nobody_takes_the_place_of_a_record_that_may_be_back() -> None:
    """It is read first: with another one in its place it would belong to nobody from then on."""
    desk = desk_with("keep")
    lose(desk)
    ready, desk.context = desk.context, replace(desk.context, limits={"bulk": 0, "live": 0})
    desk.show("keap", "contact", "k2", person("Ada", "ada@x.example"), at=HOUR + 20_000)
    desk.show("keap", "contact", "k1", person("Adah", "ada@x.example"), at=1_000, read_at=NOW + HOUR + 40_000)
    assert desk.link("e2").keap.id == "k2"
    desk.context = ready
    (read,) = [command for command in desk.assigned() if command.op == "read"]
    desk.answer(read, record=person("Ada", "ada@x.example"))
    assert (desk.link("e2").state, desk.link("e2").keap.id) == ("linked", "k2")


def test_what_a_survivor_took_over_in_its_sides_own_spelling_is_no_edit() -> None:
    """The side stores a title in capitals; with the other record it goes to the survivor, and not back to whom it came from."""
    desk = desk_with("keep")
    (update,) = desk.show("erp", "contact", "e2", contact("Ada", "ada@x.example", job_title="Countess"), at=5_000)
    assert desk.answer(update, record=person("Ada", "ada@x.example", job_title="COUNTESS")) == []
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example", job_title="COUNTESS"), at=1_000)
    assert lose(desk) == []
    assert desk.link("e2").keap.id == "k1"
    assert desk.show("keap", "contact", "k1", person("Ada", "ada@x.example", job_title="COUNTESS"), at=2 * HOUR) == []


def test_a_survivor_is_known_by_the_keys_it_took_over() -> None:
    """The next record that is merged into it is not taken for a deleted one."""
    desk = desk_with("delete")
    (create,) = desk.show("keap", "contact", "k5", person("Eve", "eve@x.example"), at=500)
    desk.answer(create, id="e5")
    desk.show("keap", "contact", "k1", person("Ada", "ada@x.example"), at=1_000)
    assert lose(desk) == []
    settled(desk, desk.show("keap", "contact", "k5", person("Eve", "ada@x.example"), at=HOUR + 60_000))
    assert lose(desk, "k5", at=2 * HOUR) == []
    assert (desk.link("e5").state, desk.link("e5").candidates) == ("review", ["keap/contact/k1", "erp/contact/e2"])
