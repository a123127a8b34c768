"""Faulty files: every fault at once, each with its place and what is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.errors import ConfigurationError
from schemas.flows import FLOWS
from streams.mapping.load import Properties, load_mapping
from streams.mapping.options import MappingOptions

PROPERTIES: Properties = {
    flow: {"keap": {"name", "mail", "born", "link", "page"}, "erp": {"name", "mail", "born", "link", "page", "other"}} for flow in FLOWS
}
ROW = "  - {keap: name, erp: name, type: text}"
MATCH = "match: [{fields: [name]}]"


def faults(folder: Path, text: str, flow: str = "contact") -> list[str]:
    """Return the faults of one file of a user's folder, without its path; the defaults are not checked against the table."""
    (folder / f"{flow}.yaml").write_text(text, encoding="utf-8")
    try:
        load_mapping(folder, MappingOptions(), PROPERTIES)
    except ConfigurationError as error:
        return [fault.removeprefix(f"{folder / flow}.yaml:") for fault in error.faults if fault.startswith(str(folder))]
    return []


def rows(*lines: str) -> str:
    """Return a file of a good row on line 2, these rows from line 3 on, and a match rule."""
    return "\n".join(["rows:", ROW, *lines, MATCH])


FAULTY_ROWS = {
    "unknown key": ("{keap: mail, erp: mail, type: text, polcy: erp}", "unknown key `polcy`; allowed: keap, erp, type"),
    "unknown Keap property": (
        "{keap: nmae, erp: mail, type: text}",
        "keap has no contact property `nmae`; allowed: born, link, mail, name",
    ),
    "unknown ERP property": ("{keap: mail, erp: maill, type: text}", "erp has no contact property `maill`; allowed: born, link"),
    "custom field in the ERP": ("{keap: mail, erp: custom_fields.x, type: text}", "erp has no contact property `custom_fields.x`"),
    "bad type": ("{keap: mail, erp: mail, type: strnig(5)}", "`strnig(5)` is no type; allowed: string(n), text, email(n)"),
    "type without its length": ("{keap: mail, erp: mail, type: string}", "`string` is no type; allowed: string(n)"),
    "comma without quotes": ("{keap: mail, erp: mail, type: decimal(18,2)}", "a type with a comma stands in quotes"),
    "more places than digits": ('{keap: mail, erp: mail, type: "decimal(2,3)"}', "`decimal(2,3)` is no type"),
    "unknown flow": (
        "{keap: link, erp: link, type: reference(customer)}",
        "reference(flow) with one of company, contact, opportunity, product",
    ),
    "no type": ("{keap: mail, erp: mail}", "a row needs a `type`; allowed: string(n)"),
    "no property": ("{keap: mail, type: text}", "a row needs an `erp` property and either a `keap` property or `derive`"),
    "unknown converter": (
        "{keap: mail, erp: mail, type: text, convert: upper}",
        "`upper` is not allowed here; allowed: country, date_in_zone",
    ),
    "converter that does not fit": (
        "{keap: born, erp: born, type: datetime, convert: date_in_zone}",
        "the converter date_in_zone does not fit type datetime; allowed: date",
    ),
    "converter without a way back": (
        "{keap: page, erp: page, type: text, convert: plain_text}",
        "the converter plain_text has no way back to Keap; allowed: direction: to_erp",
    ),
    "bad direction": ("{keap: mail, erp: mail, type: text, direction: down}", "`down` is not allowed here; allowed: both, to_erp, to_keap"),
    "bad policy": ("{keap: mail, erp: mail, type: text, policy: oldest}", "`oldest` is not allowed here; allowed: newest, keap, erp"),
    "bad flag": ("{keap: mail, erp: mail, type: text, required: maybe}", "expected true or false, found `maybe`"),
    "duplicate row": ("{keap: mail, erp: name, type: text}", "the erp property `name` has a row already (line 2); allowed: one row per"),
    "property written twice": ("{keap: name, erp: other, type: text}", "the keap property `name` has a row already (line 2)"),
    "lonely group": ("{keap: mail, erp: mail, type: text, group: home}", "the group `home` has this row only; allowed: two rows or more"),
    "enum without values": ("{keap: mail, erp: mail, type: enum}", "stands beside type enum, and only there"),
    "values without enum": ("{keap: mail, erp: mail, type: text, values: {A: a}}", "stands beside type enum, and only there"),
    "word without a twin": (
        "{keap: mail, erp: mail, type: enum, values: {A: []}}",
        "every word in `values` needs at least one of the ERP's",
    ),
    "word of two meanings": ("{keap: mail, erp: mail, type: enum, values: {A: [a, b], B: b}}", "`b` would be equal to both `a` and `b`"),
    "default that does not fit": (
        "{keap: born, erp: born, type: date, default: {erp: soon}}",
        "the default does not fit the row's type: 'soon'",
    ),
    "default from no row": ("{keap: mail, erp: mail, type: text, default: {erp: {row: nmae}}}", "default: `nmae` is no row of this file"),
    "default as a float": ('{keap: mail, erp: mail, type: "decimal(9,2)", default: {erp: 1.5}}', "decimals stand in quotes"),
    "derive through no row": (
        "{erp: link, type: reference(company), derive: [mum, name]}",
        "derive: `mum` is no reference row of this file",
    ),
    "derive through a plain row": ("{erp: link, type: reference(company), derive: [name, name]}", "derive: `name` is no reference row"),
    "derive of one word": (
        "{erp: link, type: reference(company), derive: name}",
        "`derive` takes [a reference row of this flow, a row of the flow",
    ),
    "cutting what is no text": (
        "{keap: mail, erp: mail, type: email(9), too_long: truncate}",
        "only a string(n) can be cut; allowed here: too_long: fail",
    ),
    "no way for the too long": (
        "{keap: mail, erp: mail, type: string(9), too_long: wrap}",
        "`wrap` is not allowed here; allowed: fail, truncate",
    ),
    "an unknown charset": (
        "{keap: mail, erp: mail, type: string(9), charset: klingon}",
        "`klingon` is no character set; allowed are those that Python knows, such as ascii, latin-1, cp1252",
    ),
    "a codec that is no charset": ("{keap: mail, erp: mail, type: text, charset: base64}", "`base64` is no character set"),
    "a charset of what is no text": ("{keap: mail, erp: mail, type: date, charset: ascii}", "only a string(n) or a text has a charset"),
    "no way for other characters": (
        "{keap: mail, erp: mail, type: text, charset: ascii, not_in_charset: drop}",
        "`drop` is not allowed here; allowed: fail, replace",
    ),
    "a way without a charset": (
        "{keap: mail, erp: mail, type: text, not_in_charset: fail}",
        "stands beside `charset`, and only there",
    ),
    "currency of no amount": (
        "{keap: mail, erp: mail, type: text, currency: name}",
        "only an amount has a currency; allowed beside type money and decimal(digits,places)",
    ),
    "currency in no row": ("{keap: mail, erp: mail, type: money, currency: nmae}", "`nmae` is not allowed here; allowed: name, mail"),
    "currency in a row of another type": (
        "{keap: mail, erp: mail, type: money, currency: name}",
        "currency: `name` is of another type; allowed: a row of type currency",
    ),
    "optional and unknown to everybody": (
        "{keap: custom_fields.x, erp: maill, type: text, optional: true}",
        "erp has no contact property `maill`",
    ),
    "optional in a bad way": ("{keap: custom_fields.x, erp: mail, type: text, optional: 1}", "expected true or false, found `1`"),
    "no row at all": ("name", "expected `key: value` pairs (keap, erp, type"),
}


@pytest.mark.parametrize(("row", "sentence"), FAULTY_ROWS.values(), ids=FAULTY_ROWS)
def test_a_faulty_row_is_named_with_its_line(tmp_path: Path, row: str, sentence: str):
    """The fault stands on line 3 and says what is allowed."""
    found = faults(tmp_path, rows(f"  - {row}"))
    assert any(fault.startswith("3: ") and sentence in fault for fault in found), found


FAULTY_RULES = {
    "unknown key": ("matches: []", "unknown key `matches`; allowed: rows, match, create, stamp, priority, delete"),
    "match on no row": ("match: [{fields: [nmae]}]", "`nmae` is no row of this file; allowed: name"),
    "match on nothing": ("match: [{unique: true}]", "a match rule needs `fields`"),
    "match without no row": ("match: [{fields: [name], without: mail}]", "`mail` is not allowed here; allowed: name"),
    "narrowing nothing": ("match: [{fields: [name], narrows: true}]", "`narrows` refines the rule before it, and there is none"),
    "match as a word": ("match: name", "expected a list"),
    "creates on no side": ("create: {crm: []}", "unknown key `crm`; allowed: keap, erp"),
    "condition on no row": ("create: {keap: [{any: [nmae]}]}", "`nmae` is no row of this file; allowed: name"),
    "condition without a part": ("create: {keap: [{gate: filter}]}", "a condition needs at least one of"),
    "condition on a value that cannot be": (
        "create: {keap: [{equals: {name: [true]}}]}",
        "the value does not fit the row's type: true is not",
    ),
    "no way to find it again": ("create: {keap: []}", "records created in keap could never be found again"),
    "stamp in a property": ("stamp: {keap: name}", "`name` cannot carry a stamp; allowed: stamp_field, custom_fields.<label>"),
    "stamp in another ERP property": ("stamp: {erp: name}", "`name` is not allowed here; allowed: external_id"),
    "delete on no side": ("delete: {crm: keep}", "unknown key `crm`; allowed: keap, erp"),
    "delete in no known way": ("delete: {erp: burn}", "`burn` is not allowed here; allowed: keep, deactivate, delete"),
    "priority of no side": ("priority: crm", "`crm` is not allowed here; allowed: keap, erp"),
    "no YAML": ("match: [", "not YAML:"),
    "a key twice": ("rows: []", "not YAML: found duplicate key"),
}


@pytest.mark.parametrize(("line", "sentence"), FAULTY_RULES.values(), ids=FAULTY_RULES)
def test_a_faulty_rule_is_named_with_its_line(tmp_path: Path, line: str, sentence: str):
    """The fault stands on line 3 and says what is allowed."""
    found = faults(tmp_path, f"rows:\n{ROW}\n{line}")
    assert any(fault.startswith("3: ") and sentence in fault for fault in found), found


def test_the_rows_of_a_group_move_alike(tmp_path: Path):
    """One of them cannot go one way only."""
    found = faults(
        tmp_path,
        rows("  - {keap: mail, erp: mail, type: text, group: g}", "  - {keap: link, erp: link, type: text, group: g, policy: erp}"),
    )
    assert found == ["4: the rows of group `g` move as one: allowed here is both with policy newest"]


def test_a_derivation_ends_at_a_row_of_the_other_flow(tmp_path: Path):
    """The referenced flow's file is asked."""
    found = faults(
        tmp_path,
        rows("  - {keap: link, erp: link, type: reference(company)}", "  - {erp: other, type: text, derive: [link, nmae]}"),
    )
    assert len(found) == 1
    assert found[0].startswith("4: derive: `nmae` is no row of company; allowed: name, email,")


def test_products_have_no_custom_fields(tmp_path: Path):
    """Neither as a property nor as a stamp."""
    text = rows("  - {keap: custom_fields.x, erp: mail, type: text}", "stamp: {keap: stamp_field}")
    assert [fault.split(";")[0] for fault in faults(tmp_path, text, "product")] == [
        "3: keap has no product property `custom_fields.x`",
        "4: Keap's products have no custom field to stamp",
    ]


def test_every_fault_of_every_file_comes_at_once(tmp_path: Path):
    """In the order of the lines, and a faulty row brings no further faults on those that name it."""
    (tmp_path / "contacts.yaml").write_text("", encoding="utf-8")
    (tmp_path / "product.yaml").write_text("", encoding="utf-8")
    (tmp_path / "company.yaml").write_text(
        "rows:\n"
        "  - keap: name\n"
        "    erp: name\n"
        "    type: strnig\n"
        "  - {keap: mail, erp: mail, type: text, group: g}\n"
        "match: [{fields: [name]}]\n"
        "create: {crm: []}\n",
        encoding="utf-8",
    )
    with pytest.raises(ConfigurationError) as caught:
        load_mapping(tmp_path, MappingOptions())
    places = [fault.removeprefix(f"{tmp_path}/").split(": ")[0] for fault in caught.value.faults]
    assert places == ["contacts.yaml:1", "company.yaml:4", "company.yaml:5", "company.yaml:7", "product.yaml:1", "product.yaml:1"]


def test_a_file_replaces_its_flow_whole(tmp_path: Path):
    """And leaves the other three as they ship; custom fields need no entry in the table."""
    text = rows("  - {keap: custom_fields.Any label, erp: other, type: text}", "priority: keap")
    (tmp_path / "company.yaml").write_text(text, encoding="utf-8")
    mapping, shipped = load_mapping(tmp_path, MappingOptions()), load_mapping(None, MappingOptions())
    own = mapping.pop("company")
    assert [(row.keap, row.name) for row in own.rows] == [("name", "name"), ("custom_fields.Any label", "other")]
    assert (own.priority, own.creates) == ("keap", {})
    assert mapping == {flow: shipped[flow] for flow in mapping}


def test_an_unreadable_file_is_a_fault(tmp_path: Path):
    """Bytes that are no UTF-8 are named, not thrown."""
    (tmp_path / "contact.yaml").write_bytes(b"rows: \xff")
    with pytest.raises(ConfigurationError, match=r"contact.yaml:1: cannot be read as UTF-8"):
        load_mapping(tmp_path, MappingOptions())


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (MappingOptions(keap_zone="Mars/Olympus"), "keap.time_zone: `Mars/Olympus` is no time zone"),
        (MappingOptions(erp_zone="../etc"), "erp.time_zone: `../etc` is no time zone"),
        (MappingOptions(default_country="XX"), "default_country: `XX` is no country"),
    ],
)
def test_wrong_settings_are_named(options: MappingOptions, sentence: str):
    """Before any file is read."""
    with pytest.raises(ConfigurationError) as caught:
        load_mapping(None, options)
    assert caught.value.faults[0].startswith(sentence)


def test_a_missing_folder_is_named(tmp_path: Path):
    """A misspelled mapping_dir must not mean the defaults."""
    with pytest.raises(ConfigurationError, match="is no folder"):
        load_mapping(tmp_path / "nowhere", MappingOptions())


def test_each_side_has_its_own_delete_policy(tmp_path: Path):
    """What is not named is kept; a side without `active` cannot be switched off."""
    (tmp_path / "company.yaml").write_text(rows("delete: {erp: deactivate}"), encoding="utf-8")
    assert load_mapping(tmp_path, MappingOptions())["company"].deletes == {"erp": "deactivate"}
    known = {flow: {"keap": {"name"}, "erp": {"name"}} for flow in ("company", "contact", "opportunity", "product")}
    with pytest.raises(ConfigurationError, match="erp company has no property `active` to switch off; allowed: keep, delete"):
        load_mapping(tmp_path, MappingOptions(), known)
