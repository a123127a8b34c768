"""The files that ship: they load without a fault, fit both APIs and say what was decided."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.erp.properties import PROPERTIES as ERP_PROPERTIES
from connectors.keap.properties import PROPERTIES, WRITABLE
from schemas.flows import FLOWS, Flow
from streams.mapping.load import Properties, load_mapping
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Condition, MatchRule

MAPPING = load_mapping(None, MappingOptions())


def test_the_defaults_name_only_what_both_apis_know():
    """Loaded against the connectors' tables, not a fault is found."""
    properties: Properties = {flow: {"keap": PROPERTIES[flow], "erp": ERP_PROPERTIES[flow]} for flow in FLOWS}
    assert set(load_mapping(None, MappingOptions(), properties)) == set(FLOWS)


def test_the_optional_rows_are_the_decided_ones():
    """With directions and types as the page for users says; without the fields none is there."""
    whole = load_mapping(None, MappingOptions(custom_fields=None))
    page = (Path(__file__).parents[2] / "docs" / "mapping.md").read_text(encoding="utf-8")
    optional = [row for flow in FLOWS for row in whole[flow].rows if row.optional and row.label]
    ways = {"both": "both", "to_keap": "to Keap", "to_erp": "to the ERP"}
    named = [cells for line in page.splitlines() if len(cells := [cell.strip() for cell in line.split("|")]) == 7 and "` | `" in line]
    assert [(row.label, row.erp, ways[row.direction]) for row in optional] == [
        (label.strip("`"), erp.strip("`"), way.split(";")[0]) for _, _, label, erp, _, way, _ in named
    ]
    assert [row.name for flow in FLOWS for row in MAPPING[flow].rows if row.optional] == ["currency"]


def test_an_organization_number_tells_twins_first():
    """Where the account has the field."""
    mapping = load_mapping(None, MappingOptions(custom_fields={"company": ["Organization Number"]}))
    assert mapping["company"].match == (MatchRule(("organization_number",)), *MAPPING["company"].match)


@pytest.mark.parametrize("flow", FLOWS)
def test_two_way_rows_name_what_keap_takes(flow: Flow):
    """Nothing is written to a property that Keap only shows."""
    assert {row.keap for row in MAPPING[flow].rows if row.writes("keap")} <= WRITABLE[flow]


def test_match_rules_are_the_decided_ones():
    """Company: e-mail + name, unique name. Contact: e-mail, narrowed by last name, else names + customer. Product: sku, unique name."""
    assert {flow: MAPPING[flow].match for flow in FLOWS} == {
        "company": (MatchRule(("email", "name")), MatchRule(("name",), unique=True)),
        "contact": (
            MatchRule(("email",)),
            MatchRule(("email", "last_name"), narrows=True),
            MatchRule(("first_name", "last_name", "customer_id"), without="email", unique=True),
        ),
        "opportunity": (),
        "product": (MatchRule(("sku",)), MatchRule(("name",), unique=True)),
    }


def test_records_are_created_where_decided():
    """Orders do not become opportunities; everything else goes both ways, gated by what the target requires."""
    gates = {flow: {side: [one.gate for one in conditions] for side, conditions in MAPPING[flow].creates.items()} for flow in FLOWS}
    assert gates == {
        "company": {"keap": ["keap_requires_name"], "erp": ["erp_requires_name"]},
        "contact": {"keap": ["filter", "keap_requires_contact_point"], "erp": ["erp_requires_name"]},
        "opportunity": {"erp": ["erp_requires_title", "erp_requires_contact_id"]},
        "product": {"keap": ["keap_requires_name", "keap_requires_price"], "erp": ["erp_requires_name"]},
    }


def test_a_contact_point_is_an_email_a_phone_or_an_address():
    """A group's name in a condition stands for its rows."""
    point = next(one for one in MAPPING["contact"].creates["keap"] if one.gate == "keap_requires_contact_point")
    assert point.holds({"shipping_address.city": "Berlin"})
    assert not point.holds({"first_name": "Ada", "customer_id": "erp/customer/1"})


def test_an_orders_customer_is_derived_on_create():
    """It is its contact's customer, never required."""
    row = MAPPING["opportunity"].row("customer_id")
    assert (row.derive, row.create_only, row.direction, row.required) == (("contact_id", "customer_id"), True, "to_erp", False)


@pytest.mark.parametrize("label", ["keapsync id", "Twin", None])
def test_the_stamp_is_the_field_that_the_settings_name(label: str | None):
    """Keap's products have none, and neither has an account without the field."""
    mapping = load_mapping(None, MappingOptions(keap_stamp_field=label))
    keap = {"keap": f"custom_fields.{label}"} if label else {}
    stamps = {flow: {"erp": "external_id"} | ({} if flow == "product" else keap) for flow in FLOWS}
    assert {flow: mapping[flow].stamp for flow in FLOWS} == stamps


def test_a_condition_reads_as_its_file_says():
    """The price gate asks for the price."""
    assert Condition("keap_requires_price", all=("unit_price",)) in MAPPING["product"].creates["keap"]
