"""Optional rows: what an account without their custom fields leaves of a mapping."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.erp.properties import PROPERTIES as ERP_PROPERTIES
from connectors.keap.properties import PROPERTIES as KEAP_PROPERTIES
from schemas.errors import ConfigurationError
from schemas.flows import FLOWS
from streams.mapping.active import inactive
from streams.mapping.load import Properties, load_mapping
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Condition, FlowMapping, MatchRule

FILE = """
rows:
  - {keap: company_name, erp: name, type: text, default: {keap: {row: organization_number}, erp: none}}
  - {keap: email_address.email, erp: email, type: text}
  - {keap: custom_fields.Number, erp: organization_number, type: text, optional: true, required: true}
  - {keap: custom_fields.Always, erp: notes, type: text}
match:
  - {fields: [organization_number]}
  - {fields: [organization_number, name], narrows: true}
  - {fields: [email]}
  - {fields: [email, organization_number], narrows: true}
  - {fields: [name], without: organization_number}
create:
  keap:
    - {gate: some, any: [email, organization_number]}
    - {gate: every, all: [email, organization_number]}
    - {gate: filter, equals: {organization_number: [a]}}
  erp: []
stamp: {erp: external_id}
"""


def company(folder: Path, *labels: str) -> FlowMapping:
    """Load the file for an account with some custom fields."""
    (folder / "company.yaml").write_text(FILE, encoding="utf-8")
    return load_mapping(folder, MappingOptions(custom_fields={"company": labels}))["company"]


def test_a_row_waits_for_its_field(tmp_path: Path):
    """A row that is not optional is there without its field; labels compare to the letter."""
    assert [row.name for row in company(tmp_path, "number", "Number ").rows] == ["name", "email", "notes"]
    assert [row.name for row in company(tmp_path, "Number").rows] == ["name", "email", "organization_number", "notes"]


def test_what_rests_on_a_row_that_is_out_is_out_too(tmp_path: Path):
    """Match rules with those that narrow them, conditions, what is required, and defaults."""
    without = company(tmp_path)
    assert without.match == (MatchRule(("email",)),)
    assert without.creates == {"keap": (Condition("some", any=("email",)), Condition("every", all=("email",))), "erp": ()}
    assert set(without.row("name").default) == {"erp"}


def test_with_the_field_everything_counts(tmp_path: Path):
    """Nothing is left out."""
    whole = company(tmp_path, "Number")
    assert [rule.fields for rule in whole.match] == [
        ("organization_number",),
        ("organization_number", "name"),
        ("email",),
        ("email", "organization_number"),
        ("name",),
    ]
    assert [one.gate for one in whole.creates["keap"]] == ["keap_requires_organization_number", "some", "every", "filter"]
    assert set(whole.row("name").default) == {"keap", "erp"}
    assert [row.label for row in inactive(whole, ["Always"])] == ["Number"]


def test_faults_are_found_in_rows_that_are_out(tmp_path: Path):
    """A field made later must not bring a fault to light."""
    (tmp_path / "company.yaml").write_text(FILE.replace("erp: organization_number, type: text", "erp: vat, type: strnig"), encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"company.yaml:5: `strnig` is no type"):
        load_mapping(tmp_path, MappingOptions())


def test_an_optional_row_does_not_find_lost_records(tmp_path: Path):
    """Its match rule may be out: another rule or a stamp has to be there."""
    text = FILE.replace("  - {fields: [email]}\n", "").replace("  - {fields: [email, organization_number], narrows: true}\n", "")
    (tmp_path / "company.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError, match="records created in keap could never be found again"):
        load_mapping(tmp_path, MappingOptions(custom_fields=None))


def test_a_row_waits_for_the_erps_property_too(tmp_path: Path):
    """An ERP without it is no fault; neither is a currency that amounts then do without."""
    options = MappingOptions(custom_fields=None, lacking={"product": {"currency"}, "company": {"vat_number"}}, currency="USD")
    known: Properties = {
        flow: {"keap": KEAP_PROPERTIES[flow], "erp": ERP_PROPERTIES[flow] - set(options.lacking.get(flow, ()))} for flow in FLOWS
    }
    mapping = load_mapping(None, options, known)
    assert mapping["company"].find("vat_number") is None
    assert mapping["company"].find("organization_number") is not None
    assert (mapping["product"].find("currency"), mapping["product"].row("unit_price").currency) == (None, None)
    assert "currency" not in [one.gate for one in mapping["product"].creates["keap"]]
    assert "currency" in [one.gate for one in load_mapping(None, MappingOptions(currency="USD"))["product"].creates["keap"]]
    (tmp_path / "company.yaml").write_text(FILE.replace("optional: true, required", "required"), encoding="utf-8")
    bare = {**known, "company": {"keap": KEAP_PROPERTIES["company"], "erp": {"name", "email", "notes"}}}
    with pytest.raises(ConfigurationError, match="erp has no company property `organization_number`"):
        load_mapping(tmp_path, replace(options, lacking={"company": {"organization_number"}}), bare)
