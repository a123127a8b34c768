"""A group of fields moves as one, whichever parts of it are edited where."""

from __future__ import annotations

from schemas.flows import Fields
from tests.sync.desk import NOW, PERSON, TWIN, Desk

ROAD: Fields = PERSON | {"addresses.BILLING.line1": "Road 1", "addresses.BILLING.locality": "Oslo"}
TOWN: Fields = TWIN | {"billing_address.line1": "Road 1", "billing_address.city": "Oslo"}


def addressed() -> Desk:
    """Return a desk with one pair of contacts that share an address."""
    desk = Desk()
    desk.show("keap", "contact", "k1", ROAD)
    desk.show("erp", "contact", "e1", TOWN)
    assert desk.marks() == []
    return desk


def told(fields: Fields) -> Fields:
    """Return the fields that say something."""
    return {path: value for path, value in fields.items() if value is not None}


def test_a_command_carries_and_expects_the_whole_group() -> None:
    """Else an edit of another part of the address, on the other side at the same moment, would be mixed with ours."""
    (command,) = addressed().show("keap", "contact", "k1", ROAD | {"addresses.BILLING.line1": "Road 2"}, at=60_000)
    assert told(command.fields) == {"billing_address.line1": "Road 2", "billing_address.city": "Oslo"}
    assert told(command.expect) == {"billing_address.line1": "Road 1", "billing_address.city": "Oslo"}
    assert "billing_address.line2" in command.expect  # it is empty, and has to be


def test_what_a_winning_group_takes_back_is_journaled() -> None:
    """Keap's newer street brings its old town with it: the ERP's town is a loser that can be restored."""
    desk = addressed()
    (command,) = desk.show("erp", "contact", "e1", TOWN | {"billing_address.city": "Bergen"}, at=50_000)
    moved = ROAD | {"addresses.BILLING.line1": "Road 2"}
    (write,) = desk.answer(command, "conflict", id="k1", record=moved, updated_at=NOW + 60_000)
    assert told(write.fields) == {"billing_address.line1": "Road 2", "billing_address.city": "Oslo"}
    assert ("billing_address.city", "Oslo", "Bergen") in [(entry.field, entry.won, entry.lost) for entry in desk.journal]


def test_a_verdict_that_takes_an_edit_back_does_not_say_that_the_other_side_had_what_stands() -> None:
    """The ERP, which typed the street after Keap's edit of the town, never had that town: both are told of it."""
    desk, street = Desk(), TWIN | {"billing_address.line1": "Road 1"}
    desk.show("keap", "contact", "k1", ROAD, at=10_000, read_at=NOW + 12_000)
    desk.show("erp", "contact", "e1", street, at=20_000, read_at=NOW + 60_000)
    write, read = desk.marks()
    assert (write.side, read.op, read.side) == ("erp", "read", "keap")
    (back,) = desk.answer(read, record=ROAD | {"addresses.BILLING.locality": "Bergen"}, updated_at=NOW + 15_000)
    assert (back.side, back.fields["addresses.BILLING.locality"]) == ("keap", "Oslo")
    assert ("billing_address.city", "Oslo", "Bergen") in [(entry.field, entry.won, entry.lost) for entry in desk.journal]
    (again,) = desk.answer(write, "conflict", record=street)
    assert (again.side, again.fields["billing_address.city"]) == ("erp", "Oslo")


def test_one_part_edited_alike_on_both_sides_leaves_another_part_a_plain_edit() -> None:
    """The towns converge; nobody rivals the street."""
    desk = addressed()
    (command,) = desk.show("erp", "contact", "e1", TOWN | {"billing_address.city": "Bergen"}, at=50_000)
    both = ROAD | {"addresses.BILLING.line1": "Road 2", "addresses.BILLING.locality": "Bergen"}
    (write,) = desk.answer(command, "conflict", id="k1", record=both, updated_at=NOW + 60_000)
    assert told(write.fields) == {"billing_address.line1": "Road 2", "billing_address.city": "Bergen"}
    assert "conflict" not in desk.kinds()
