"""Pairs that an operator parts and joins again."""

from __future__ import annotations

from dataclasses import replace

from tests.sync.desk import PERSON, TWIN, Desk, pair


def test_a_pair_parted_before_an_edit_arrived_carries_it_when_joined_again() -> None:
    """Each half says what its own record shows, not what the pair had agreed on; no refusal outlives the pair."""
    desk = Desk()
    link = pair(desk)
    (write,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    desk.answer(write, "rejected", id=None, record=None, error="422 no")
    assert desk.ask("unlink", link=link.id) == []
    (again,) = desk.ask("link", a="keap/contact/k1", b="erp/contact/e1")
    assert (again.side, again.fields) == ("erp", {"job_title": "Countess"})


def test_a_parted_record_that_goes_and_comes_back_is_in_review_again() -> None:
    """It stays an operator's, under a name, and no twin is made for it."""
    desk = Desk()
    link = pair(desk)
    desk.ask("unlink", link=link.id)
    desk.show("erp", "contact", "e1", {}, op="delete", at=60_000)
    assert desk.link("e1").state == "orphan"
    (read,) = desk.show("erp", "contact", "e1", TWIN, at=90_000)
    assert desk.answer(read, id="e1", record=TWIN) == []
    assert desk.link("e1").state == "review"


def test_a_create_told_a_second_time_does_not_join_what_was_parted_since() -> None:
    """A redelivered outcome never undoes an operator's decision."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    desk.answer(create, id="e1")
    desk.ask("unlink", link=create.link)
    assert desk.answer(create, id="e1") == []
    assert (desk.link("k1").state, desk.link("k1").erp.id) == ("review", None)


def test_a_create_told_after_its_origin_was_found_gone_can_be_parted() -> None:
    """The link has two records and never was a pair."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON)
    (create,) = desk.marks()
    desk.show("keap", "contact", "k1", {}, op="delete", capture="reread", at=60_000)
    desk.answer(create, id="e1")
    assert desk.link("k1").state == "orphan"
    assert desk.ask("unlink", link=create.link) == []
    assert desk.link("e1").id != create.link


def test_a_record_that_was_to_be_read_again_still_is_when_its_pair_was_parted() -> None:
    """The half that has it asks: nobody else would, until somebody edits it."""
    desk = Desk()
    link = pair(desk)
    ready, desk.context = desk.context, replace(desk.context, limits={"bulk": 0, "live": 0})
    desk.feed(desk.change("erp", "contact", "e1", 0, op="delete", version=None, updated_at=None, read_at=desk.now))
    desk.ask("unlink", link=link.id)
    desk.context = ready
    (read,) = desk.assigned()
    assert (read.op, read.target) == ("read", "e1")
