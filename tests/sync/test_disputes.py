"""Two values of one field, of which an operator picks one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from streams.sync.turn import Limit
from tests.sync.desk import MAPPING, NOW, PERSON, TWIN, Desk, context, pair


def manual(name: str) -> dict[str, Any]:
    """Return a mapping in which conflicts of one contact field wait for an operator."""
    flow = MAPPING["contact"]
    rows = tuple(replace(row, policy="manual") if row.name == name else row for row in flow.rows)
    return MAPPING | {"contact": replace(flow, rows=rows)}


def test_a_manual_conflict_leaves_both_values_until_somebody_chooses() -> None:
    """Nothing is written of the field; the others go on."""
    desk = Desk(context(mapping=manual("job_title")))
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "of Keap"}, at=60_000)
    assert desk.answer(command, "conflict", record=TWIN | {"job_title": "of the ERP"}, version=NOW) == []
    assert desk.link("k1").disputed == ["job_title"]
    (other,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "of Keap", "middle_name": "King"}, at=90_000)
    assert other.fields == {"middle_name": "King"}
    desk.answer(other, record=TWIN | {"job_title": "of the ERP", "middle_name": "King"})
    (chosen,) = desk.ask("choose", link=desk.link("k1").id, field="job_title", side="erp")
    assert (chosen.side, chosen.fields) == ("keap", {"job_title": "of the ERP"})
    assert desk.link("k1").disputed == []


def test_a_dispute_ends_by_itself_when_both_sides_show_the_same() -> None:
    """Somebody typed the other's value: nothing is left to choose."""
    desk = Desk(context(mapping=manual("job_title")))
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "one"})
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "two"})
    assert desk.marks() == []
    assert desk.link("k1").disputed == ["job_title"]
    (read,) = desk.show("erp", "contact", "e1", TWIN | {"job_title": "one"}, at=60_000)  # Keap may have moved on
    assert desk.answer(read, record=PERSON | {"job_title": "one"}) == []
    assert desk.link("k1").disputed == []


def test_who_moved_on_before_the_other_said_the_same_is_in_dispute_again() -> None:
    """Keap said one, then three; the ERP typed one after both, and what it shows met Keap's older reading."""
    desk = Desk(context(mapping=manual("job_title")))
    pair(desk)
    (command,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "zero"}, at=20_000)
    desk.answer(command, "conflict", record=TWIN | {"job_title": "one"}, version=NOW, updated_at=NOW + 43_000)
    (read,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "one"}, at=40_000, read_at=NOW + 41_000)
    assert (read.op, read.side) == ("read", "keap")
    assert desk.answer(read, record=PERSON | {"job_title": "three"}, updated_at=NOW + 42_000) == []
    assert desk.link("k1").disputed == ["job_title"]


def test_a_pair_that_is_disputed_in_the_first_run_is_live_from_then_on() -> None:
    """Its other edits do not queue behind the first run, and count: only the disputed field waits."""
    desk = Desk(context(mapping=manual("job_title"), updates=Limit(count=1)))
    desk.show("keap", "contact", "k1", PERSON | {"job_title": "one"})
    desk.show("erp", "contact", "e1", TWIN | {"job_title": "two"})
    assert desk.marks() == []
    (edit,) = desk.show("keap", "contact", "k1", PERSON | {"job_title": "one", "middle_name": "King"}, at=60_000)
    assert not edit.bulk
    desk.answer(edit, record=TWIN | {"job_title": "two", "middle_name": "King"})
    assert desk.show("keap", "contact", "k1", PERSON | {"job_title": "one", "middle_name": "Queen"}, at=90_000) == []
    assert desk.link("k1").gates == ["breaker/contact/erp"]


def test_an_edit_beside_a_disputed_part_of_an_address_does_not_write_that_part() -> None:
    """A group goes whole, or stays: its street would have taken the disputed town along."""
    flow = MAPPING["contact"]
    rows = tuple(replace(row, policy="manual") if row.group == "billing" else row for row in flow.rows)
    desk = Desk(context(mapping=MAPPING | {"contact": replace(flow, rows=rows)}))
    town = {"billing_address.line1": "Road 1", "billing_address.city": "Bergen"}
    desk.show("keap", "contact", "k1", PERSON | {"addresses.BILLING.line1": "Road 1", "addresses.BILLING.locality": "Oslo"})
    desk.show("erp", "contact", "e1", TWIN | town)
    assert desk.marks() == []
    assert desk.show("erp", "contact", "e1", TWIN | town | {"billing_address.line1": "Road 2"}, at=60_000) == []
    (chosen,) = desk.ask("choose", link=desk.link("k1").id, field="billing_address.city", side="erp")
    assert {path: value for path, value in chosen.fields.items() if value} == {
        "addresses.BILLING.line1": "Road 2",
        "addresses.BILLING.locality": "Bergen",
    }


def test_a_choice_does_not_bring_a_sides_spelling_of_what_was_agreed_back() -> None:
    """The ERP stores towns in capitals: of its address only the street is another."""
    flow = MAPPING["contact"]
    rows = tuple(replace(row, policy="manual") if row.group == "billing" else row for row in flow.rows)
    desk = Desk(context(mapping=MAPPING | {"contact": replace(flow, rows=rows)}))
    ours = {"addresses.BILLING.line1": "Road 1", "addresses.BILLING.locality": "Oslo"}
    desk.show("keap", "contact", "k1", PERSON | ours)
    (create,) = desk.marks()
    stored = create.fields | {"billing_address.city": "OSLO"}
    desk.answer(create, id="e1", record=stored)
    (write,) = desk.show("erp", "contact", "e1", stored | {"billing_address.line1": "Road 2"}, at=60_000, version=2 * NOW)
    desk.answer(write, "conflict", record=PERSON | ours | {"addresses.BILLING.line1": "Road 3"}, updated_at=NOW + 60_000)
    (chosen,) = desk.ask("choose", link=desk.link("k1").id, field="billing_address.line1", side="erp")
    assert chosen.fields["addresses.BILLING.line1"] == "Road 2"
    assert chosen.fields["addresses.BILLING.locality"] == "Oslo"
    assert not desk.link("k1").disputed
