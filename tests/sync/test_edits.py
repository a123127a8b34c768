"""Edits of a linked pair: plain, both at once, clears, groups, one-way."""

from __future__ import annotations

from dataclasses import replace

import pytest

from streams.mapping.kinds.enum import Enum
from streams.mapping.kinds.text import Text
from streams.sync.fields import agreed
from tests.sync.desk import MAPPING, NOW, PERSON, TWIN, Desk, context, pair


def test_an_edit_on_one_side_is_written_to_the_other_with_what_it_expects() -> None:
    """A plain edit becomes one update of one field, expecting the old value and version."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    assert (command.op, command.side, command.target) == ("update", "erp", "e1")
    assert (command.fields, command.expect, command.version) == ({"job_title": "Countess"}, {"job_title": None}, 1)


def test_our_own_write_read_back_is_no_edit() -> None:
    """The poll that shows what we wrote leads to nothing."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    desk.answer(command, record=TWIN | {"job_title": "Countess"})
    assert desk.show("erp", "contact", "e1", TWIN | {"job_title": "Countess"}, version=desk.now, at=70_000) == []


def test_a_target_that_upper_cases_is_written_once_and_journaled() -> None:
    """What comes back differently is compared with itself from then on."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    desk.answer(command, record=TWIN | {"job_title": "COUNTESS"}, version=7)
    assert "stored_differently" in desk.kinds()
    assert desk.show("erp", "contact", "e1", TWIN | {"job_title": "COUNTESS"}, version=7, at=90_000) == []
    assert desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=95_000) == []


def test_a_clear_is_an_edit() -> None:
    """Emptying a field empties the twin's."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"})
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "Countess"})
    desk.marks()
    (command,) = desk.show("erp", "contact", "e1", TWIN | {"job_title": ""}, at=60_000)
    assert (command.side, command.fields) == ("keap", {"job_title": None})


def test_edits_of_different_fields_at_once_both_survive() -> None:
    """A name edited in Keap and a title edited in the ERP while the first is under way end up on both sides."""
    desk = Desk()
    pair(desk)
    (first,) = desk.show("keap", "contact", "k1", PERSON | {"given_name": "Augusta"}, at=60_000)
    (second,) = desk.answer(first, record=TWIN | {"first_name": "Augusta", "job_title": "Countess"})
    assert (second.side, second.fields) == ("keap", {"job_title": "Countess"})
    assert desk.answer(second, record=PERSON | {"given_name": "Augusta", "job_title": "Countess"}) == []


@pytest.mark.parametrize(("keap_at", "erp_at", "winner"), [(60_000, 50_000, "keap"), (50_000, 60_000, "erp"), (60_000, 60_000, "erp")])
def test_the_newest_of_two_edits_of_a_field_wins_and_the_loser_is_journaled(keap_at: int, erp_at: int, winner: str) -> None:
    """Both sides edit one field; equal times go to the side of higher priority."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "of Keap"}, at=keap_at)
    found = desk.answer(command, "conflict", id="e1", record=TWIN | {"job_title": "of the ERP"}, updated_at=NOW + erp_at, version=NOW)
    (write,) = found
    assert agreed(desk.link("k1"), "job_title").side == winner
    assert (write.side, write.fields) == (("erp", {"job_title": "of Keap"}) if winner == "keap" else ("keap", {"job_title": "of the ERP"}))
    lost = next(entry for entry in desk.journal if entry.kind == "conflict")
    assert {lost.won, lost.lost} == {"of Keap", "of the ERP"}


def test_equal_edits_on_both_sides_converge_in_silence() -> None:
    """The same value typed on both sides is no conflict and needs no write."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    assert desk.answer(command, "conflict", id="e1", record=TWIN | {"job_title": "Countess"}, version=NOW) == []
    assert "conflict" not in desk.kinds()


def test_an_address_moves_as_one() -> None:
    """When both sides edit parts of an address, one side's whole address stands."""
    desk = Desk()
    keap = PERSON | {"addresses.BILLING.line1": "Road 1", "addresses.BILLING.locality": "Oslo"}
    erp = TWIN | {"billing_address.line1": "Road 1", "billing_address.city": "Oslo"}
    desk.show("keap", "contact", "k1", keap)
    desk.show("erp", "contact", "e1", erp)
    desk.marks()
    (command,) = desk.show("keap", "contact", "k1", keap | {"addresses.BILLING.line1": "Road 2"}, at=60_000)
    moved = erp | {"billing_address.city": "Bergen"}
    (write,) = desk.answer(command, "conflict", id="e1", record=moved, updated_at=NOW + 70_000, version=NOW)
    assert write.side == "keap"
    assert {path: value for path, value in write.fields.items() if value is not None} == {
        "addresses.BILLING.line1": "Road 1",
        "addresses.BILLING.locality": "Bergen",
    }


def test_a_phone_typed_in_another_format_is_no_edit() -> None:
    """Spelling that the type calls equal is noted and not written."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON | {"phone_numbers.PHONE1.number": "(415) 555-2671"})
    desk.show("erp", "contact", "e1", TWIN | {"phone": "+1 415 555 2671"})
    assert desk.marks() == []
    assert desk.show("erp", "contact", "e1", TWIN | {"phone": "+14155552671"}, at=60_000) == []


def test_a_value_too_long_for_the_target_becomes_a_dead_letter_and_the_rest_goes_on() -> None:
    """The pair's other fields are written; the letter names flow, field and side."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("erp", "contact", "e1", TWIN | {"first_name": "A" * 41, "job_title": "Countess"}, at=60_000)
    assert command.fields == {"job_title": "Countess"}
    assert any("contact.first_name" in message for message in desk.refused)


def test_a_value_too_long_for_the_target_is_cut_where_the_row_says_so() -> None:
    """It is written as far as it fits, journaled, and neither loops nor comes back as an edit."""
    flow = MAPPING["contact"]
    rows = tuple(replace(row, kind=Text(40, cut=True)) if row.name == "first_name" else row for row in flow.rows)
    desk = Desk(context(mapping=MAPPING | {"contact": replace(flow, rows=rows)}))
    pair(desk)
    (command,) = desk.show("erp", "contact", "e1", TWIN | {"first_name": "A" * 60}, at=60_000)
    assert command.fields == {"given_name": "A" * 40}
    assert "truncated" in desk.kinds()
    assert desk.answer(command, record=PERSON | {"given_name": "A" * 40}) == []
    assert desk.show("keap", "contact", "k1", PERSON | {"given_name": "A" * 40}, at=90_000) == []
    # What is cut to what stands there is not written.
    assert desk.show("erp", "contact", "e1", TWIN | {"first_name": "A" * 59}, at=120_000) == []


def test_a_habit_of_the_target_is_a_warning_once_per_row() -> None:
    """However many records show it."""
    desk = Desk()
    for number in range(3):
        mail = f"a{number}@x.example"
        desk.show("keap", "contact", f"k{number}", PERSON | {"email_addresses.EMAIL1.email": mail})
        desk.show("erp", "contact", f"e{number}", TWIN | {"email": mail})
    desk.marks()
    for number in range(3):
        shown = PERSON | {"email_addresses.EMAIL1.email": f"a{number}@x.example", "job_title": "Countess"}
        (command,) = desk.show("keap", "contact", f"k{number}", shown, at=60_000)
        desk.answer(command, record=TWIN | {"email": f"a{number}@x.example", "job_title": "COUNTESS"})
    assert desk.kinds().count("stored_differently") == 3
    assert desk.kinds().count("mapping_warning") == 1


def test_what_a_target_requires_is_not_cleared_there_and_the_rest_goes_on() -> None:
    """No call: Keap would refuse it, and every other edit of the record with it."""
    desk = Desk()
    desk.show("keap", "company", "k1", {"company_name": "Acme"})
    desk.show("erp", "company", "e1", {"name": "Acme"})
    assert desk.marks() == []
    (command,) = desk.show("erp", "company", "e1", {"name": "", "notes": "new"}, at=60_000)
    assert command.fields == {"notes": "new"}
    assert desk.refused == ["company.name: was cleared, and is required in keap"]
    desk.answer(command, record={"company_name": "Acme", "notes": "new"})
    (renamed,) = desk.show("erp", "company", "e1", {"name": "Acme Ltd", "notes": "new"}, at=90_000)
    assert renamed.fields == {"company_name": "Acme Ltd"}


@pytest.mark.parametrize(("before", "wanted"), [("Clerk", "Countess"), (None, "Countess"), ("Clerk", None)])
def test_a_target_that_ignores_a_field_is_told_apart_and_not_asked_again(before: str | None, wanted: str | None) -> None:
    """It takes the write and shows what it showed before: not applied, never "ok", and never a loop."""
    desk = Desk()
    desk.show("keap", "contact", "k1", PERSON | {"job_title": before})
    desk.show("erp", "contact", "e1", TWIN | {"job_title": before})
    assert desk.marks() == []
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": wanted}, at=60_000)
    assert desk.answer(command, record=TWIN | {"job_title": before}, version=7) == []
    (entry,) = [entry for entry in desk.journal if entry.kind == "stored_differently"]
    assert (entry.detail, entry.field, entry.side) == ("not applied", "job_title", "erp")
    assert [entry.detail for entry in desk.journal if entry.kind == "mapping_warning"] == ["contact.job_title: not applied in erp"]
    assert desk.show("erp", "contact", "e1", TWIN | {"job_title": before}, version=7, at=90_000) == []
    assert desk.show("keap", "contact", "k1", PERSON | {"job_title": wanted}, at=95_000) == []


def test_a_value_that_cannot_be_mapped_is_reported_once_and_taken_up_when_the_mapping_learns_it() -> None:
    """The same unknown stage, read again and again, is one dead letter; the pair's other fields go on."""
    desk = Desk()
    deal = {"opportunity_title": "Big", "contact.id": "k1", "stage.name": "Won"}
    desk.show("keap", "contact", "k1", PERSON)
    desk.show("keap", "opportunity", "k5", deal)
    (contact,) = desk.marks()
    (order,) = desk.answer(contact)
    desk.answer(order)
    mystery = deal | {"stage.name": "Mystery", "opportunity_title": "Bigger"}
    (update,) = desk.show("keap", "opportunity", "k5", mystery, at=60_000)
    assert update.fields == {"title": "Bigger"}
    desk.answer(update, record=dict(order.fields) | {"title": "Bigger"})
    desk.show("keap", "opportunity", "k5", mystery, at=60_000, read_at=NOW + 90_000)
    assert len(desk.refused) == 1
    flow = MAPPING["opportunity"]
    learned = [replace(row, kind=Enum({"Won": ["won"], "Mystery": ["lost"]})) if row.name == "status" else row for row in flow.rows]
    desk.context = replace(desk.context, mapping=MAPPING | {"opportunity": replace(flow, rows=tuple(learned))})
    (read,) = desk.ask("retry", link=desk.link("k5").id)
    (update,) = desk.answer(read, record=mystery)
    assert update.fields == {"status": "lost"}


def test_a_rejected_update_blocks_the_side_until_somebody_edits() -> None:
    """No retry of what the target refused; an edit, or an operator, tries again."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "Countess"}, at=60_000)
    assert desk.answer(command, "rejected", id=None, record=None, error="422 no") == []
    assert desk.link("k1").erp.blocked == "422 no"
    assert [c.fields for c in desk.ask("retry", link=desk.link("k1").id)] == [{"job_title": "Countess"}]


def test_a_value_corrected_before_its_refusal_is_known_blocks_nothing() -> None:
    """The edit that cures it came while the command was under way: the next one carries it."""
    desk = Desk()
    pair(desk)
    (bad,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "bad"}, at=60_000)
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "good"}, at=90_000)
    (good,) = desk.answer(bad, "rejected", id=None, record=None, error="422 bad")
    assert good.fields == {"job_title": "good"}


def test_a_conflict_that_shows_our_own_lost_write_in_the_targets_spelling_is_no_edit() -> None:
    """The first attempt's reply was lost; the second met what it had stored, in capitals."""
    desk = Desk()
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"preferred_name": "Countess"}, at=60_000)
    assert desk.answer(command, "conflict", id="e1", record=TWIN | {"nickname": "COUNTESS"}, version=NOW) == []
    assert "conflict" not in desk.kinds()


def test_a_value_that_cannot_be_mapped_is_told_again_after_we_wrote_over_it() -> None:
    """Typed a second time it is news: the next write has to expect it, or it meets a conflict for ever."""
    desk = Desk()
    thing, twin = {"name": "Chai", "sku": "C1"}, {"name": "Chai", "sku": "C1"}
    desk.show("keap", "product", "k1", thing | {"price.amount": "1.00"})
    desk.show("erp", "product", "e1", twin | {"unit_price": "1.00"})
    desk.marks()
    for at, price in ((60_000, "2.00"), (600_000, "3.00")):
        assert desk.show("keap", "product", "k1", thing | {"price.amount": "free"}, at=at) == []
        (write,) = desk.show("erp", "product", "e1", twin | {"unit_price": price}, at=at + 1_000)
        assert write.expect == {"price.amount": "free"}
        assert desk.answer(write, record=thing | {"price.amount": price}, updated_at=NOW + at + 2_000) == []
    assert len(desk.refused) == 2


def test_an_answer_that_comes_late_does_not_make_older_what_was_read_while_it_was_under_way() -> None:
    """The write was answered after a minute; the record was edited twice by then, within a second, and polled after each."""
    desk = Desk()
    pair(desk)
    (write,) = desk.show("erp", "contact", "e1", TWIN | {"job_title": "Countess"}, at=30_000)
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "one"}, at=40_000)
    desk.now = NOW + 120_000
    desk.answer(write, record=PERSON | {"job_title": "Countess"}, updated_at=NOW + 31_000)
    (read,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "two"}, at=40_000, read_at=NOW + 51_000)
    assert (read.op, read.target) == ("read", "k1")


def test_what_cannot_be_mapped_is_told_though_it_stands_where_a_clear_was_to_go() -> None:
    """It is no work of ours: nobody cleared it there."""
    desk = Desk()
    desk.show("keap", "product", "k1", {"name": "Chai", "sku": "C1", "price.amount": "1.00"})
    desk.show("erp", "product", "e1", {"name": "Chai", "sku": "C1", "unit_price": "1.00"})
    desk.marks()
    (clear,) = desk.show("keap", "product", "k1", {"name": "Chai", "sku": "C1"}, at=60_000)
    assert clear.fields == {"unit_price": None}
    desk.answer(clear, "conflict", record={"name": "Chai", "sku": "C1", "unit_price": "free"})
    assert [sentence for sentence in desk.refused if "'free'" in sentence]
