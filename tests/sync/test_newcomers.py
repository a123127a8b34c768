"""Rows that come to count, and cease to, while there are pairs: nothing is lost, nothing is cleared."""

from __future__ import annotations

from dataclasses import replace

from schemas.flows import Fields
from schemas.records import Command
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.sync.state import dump
from tests.sync.desk import MAPPING, NOW, Desk

NUMBER, LIMIT = "custom_fields.Organization Number", "custom_fields.Credit Limit"
GROWN = load_mapping(None, MappingOptions(custom_fields={"company": ["Organization Number", "Credit Limit"]}))
KEAP: Fields = {"company_name": "Acme", "email_address.email": "a@x.example"}
ERP: Fields = {"name": "Acme", "email": "a@x.example"}
LATER = 100_000
"""ms after the start with the new rows."""


def paired() -> Desk:
    """Link a company and a customer while the account has no custom fields, then start again with two of them."""
    desk = Desk()
    desk.assigned()
    desk.show("keap", "company", "k1", {**KEAP, NUMBER: None, LIMIT: None})
    desk.show("erp", "company", "e1", ERP)
    desk.marks()
    assert desk.commands == []
    grow(desk)
    return desk


def grow(desk: Desk) -> None:
    """Start again, with the fields."""
    desk.context = replace(desk.context, mapping=GROWN)
    desk.now += 60_000
    desk.assigned()


def keap(desk: Desk, number: str | None, limit: str | None = None, at: int = 0, version: int = LATER) -> list[Command]:
    """Let Keap show the company again, as a sweep does."""
    return desk.show("keap", "company", "k1", {**KEAP, NUMBER: number, LIMIT: limit}, at, read_at=NOW + version + 10_000, created_at=NOW)


def erp(desk: Desk, number: str | None, limit: str | None = None, at: int = 0) -> list[Command]:
    """Let the ERP show the customer again, under the version that it had."""
    fields = {**ERP, "organization_number": number, "credit_limit": limit}
    return desk.show("erp", "company", "e1", fields, at, read_at=NOW + LATER + 10_000, created_at=NOW)


def test_both_sides_are_read_again_for_a_new_row():
    """Of that flow, once; the same rows at the next start ask for nothing."""
    desk = paired()
    assert [(asked.op, asked.args) for asked in desk.requests] == [("sweep", {"flow": "company", "again": "true"})]
    desk.assigned()
    assert len(desk.requests) == 1


def test_the_rows_of_a_first_start_are_not_new():
    """There is nothing to read again."""
    desk = Desk()
    desk.assigned()
    desk.context = replace(desk.context, mapping=GROWN)
    desk.assigned()
    assert desk.requests == []


def test_a_table_from_before_rows_were_noted_knows_all_but_the_optional_ones():
    """An upgrade asks for what the optional rows need, the products' currency among them."""
    desk = Desk()
    desk.marks()
    desk.context = replace(desk.context, mapping=GROWN)
    desk.assigned()
    assert [asked.args["flow"] for asked in desk.requests] == ["company", "product"]


def test_a_value_that_one_side_has_goes_to_the_other():
    """Both ways."""
    desk = paired()
    (filled,) = erp(desk, "556016-0680", "500.00")
    assert (filled.side, filled.fields) == ("keap", {NUMBER: "556016-0680", LIMIT: "500.00"})
    other = paired()
    (filled,) = keap(other, "556016-0680")
    assert (filled.side, filled.fields, filled.expect) == ("erp", {"organization_number": "556016-0680"}, {"organization_number": None})


def test_a_version_from_before_proves_nothing_about_the_new_field():
    """The ERP is read and compared first: it may have a number of its own, and the policy has to choose."""
    desk = paired()
    (blind,) = keap(desk, "from keap", at=5_000)
    assert blind.version is None
    record = {**ERP, "organization_number": "from erp"}
    assert desk.answer(blind, "conflict", record=record, version=1, updated_at=NOW + 90_000) != []
    assert desk.link("k1").agreed["organization_number"].value == "from erp"
    conflict = next(entry for entry in desk.journal if entry.kind == "conflict")
    assert (conflict.field, conflict.won, conflict.lost) == ("organization_number", "from erp", "from keap")


def test_a_version_that_was_read_since_is_trusted_again():
    """No read before the write any more."""
    desk = paired()
    assert erp(desk, None) == []
    (sure,) = keap(desk, "from keap", at=5_000)
    assert sure.version is not None


def test_equal_values_are_no_edit():
    """Whoever is read first: once both were, nothing is left to write."""
    desk = paired()
    (blind,) = keap(desk, "556016-0680")
    assert desk.answer(blind, record={**ERP, "organization_number": "556016-0680"}) == []
    assert erp(desk, "556016-0680", at=5) == []
    assert desk.link("k1").erp.held == {}


def test_the_source_of_a_one_way_row_wins_whoever_is_read_first():
    """Also when its word meets another value on its way."""
    first = paired()
    assert keap(first, None, "1.00") == []
    (word,) = erp(first, None, "500.00")
    assert (word.fields, word.expect) == ({LIMIT: "500.00"}, {LIMIT: "1.00"})
    second = paired()
    (word,) = erp(second, None, "500.00")
    (again,) = second.answer(word, "conflict", record={**KEAP, NUMBER: None, LIMIT: "1.00"})
    assert (again.fields, again.expect) == ({LIMIT: "500.00"}, {LIMIT: "1.00"})
    assert [entry.lost for entry in second.journal if entry.kind == "conflict"] == ["1"]


def test_a_field_that_was_renamed_clears_nothing():
    """Its path is missing, where a cleared field's is empty; neither the running worker nor the next start takes it for an edit."""
    desk = paired()
    (filled,) = erp(desk, "556016-0680")
    desk.answer(filled, record={**KEAP, **filled.fields, LIMIT: None})
    assert desk.show("keap", "company", "k1", {**KEAP, LIMIT: None, "custom_fields.Org": "1"}, 200_000, version=None) == []
    desk.context = replace(desk.context, mapping=MAPPING)
    desk.assigned()
    assert desk.show("keap", "company", "k1", {**KEAP, "custom_fields.Org": "2"}, 300_000) == []
    assert desk.show("erp", "company", "e1", {**ERP, "organization_number": "3"}, 300_000) == []


def test_a_cleared_field_is_an_edit():
    """Where the account still has it."""
    desk = paired()
    (filled,) = erp(desk, "556016-0680")
    desk.answer(filled, record={**KEAP, **filled.fields, LIMIT: None})
    (cleared,) = keap(desk, None, at=200_000, version=200_000)
    assert (cleared.side, cleared.fields) == ("erp", {"organization_number": None})


def test_what_changed_while_a_row_was_out_meets_when_it_is_back():
    """As if both had been edited: the newer one stands."""
    desk = paired()
    (filled,) = erp(desk, "1")
    desk.answer(filled, record={**KEAP, **filled.fields, LIMIT: None})
    desk.context = replace(desk.context, mapping=MAPPING)
    desk.assigned()
    desk.now += 200_000
    grow(desk)
    (blind,) = keap(desk, "2", at=200_000, version=400_000)
    assert (blind.fields, blind.version) == ({"organization_number": "2"}, None)
    (back,) = desk.answer(blind, "conflict", record={**ERP, "organization_number": "3"}, version=9, updated_at=NOW + 300_000)
    assert (back.side, back.fields) == ("keap", {NUMBER: "3"})


def test_a_field_that_is_gone_when_it_is_written_is_refused_alone():
    """Named once, and not tried for ever; the other fields go on."""
    desk = paired()
    (filled,) = erp(desk, "1", "500.00")
    (rest,) = desk.answer(filled, "conflict", record={**KEAP, LIMIT: None})
    assert rest.fields == {LIMIT: "500.00"}
    assert desk.refused == ["company.organization_number: Keap has no custom field 'Organization Number' any more"]
    assert desk.answer(rest, record={**KEAP, **rest.fields}) == []


def test_a_dispute_of_a_row_that_is_out_rests():
    """Nothing fails for it."""
    desk = paired()
    link = desk.link("k1")
    assert link.state == "linked"
    desk.context = replace(desk.context, mapping=MAPPING)
    row = next(key for key in desk.rows if key.startswith(b"link/"))
    link.disputed = ["organization_number"]
    desk.rows[row] = dump(link)
    assert desk.show("keap", "company", "k1", {**KEAP, "notes": "x"}, 200_000) != []
    assert desk.ask("choose", link=link.id, field="organization_number", side="keap") == []
    assert desk.kinds()[-1] == "refused"
