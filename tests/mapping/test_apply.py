"""A whole record at once: one bad value never spoils the others."""

from __future__ import annotations

from schemas.flows import Fields
from streams.mapping.apply import to_canonical
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions

MAPPING = load_mapping(None, MappingOptions(keap_zone="America/New_York"))
ORDER = MAPPING["opportunity"]
OPPORTUNITY: Fields = {
    "opportunity_title": "Roof",
    "contact.id": "12",
    "stage.name": "Won",
    "estimated_close_time": "2026-03-09T03:30:00Z",
    "projected_revenue_high": "1200.00",
    "next_action_notes": "",
    "include_in_forecast": True,
}


def test_a_record_reads_into_canonical_values():
    """Every row of the side is there, empty ones as None; a derived row has nothing to read in Keap."""
    fields, errors = to_canonical(ORDER, "keap", OPPORTUNITY)
    assert not errors
    assert fields == {row.name: None for row in ORDER.rows if row.keap} | {
        "title": "Roof",
        "contact_id": "keap/contact/12",
        "status": "won",
        "expected_date": "2026-03-08",
        "amount_estimate": "1200",
        "include_in_forecast": True,
    }


def test_a_bad_value_is_left_out_and_named():
    """The error says flow, field and value; the other fields are read."""
    fields, errors = to_canonical(ORDER, "keap", OPPORTUNITY | {"stage.name": "Stalled", "projected_revenue_low": "much"})
    assert "status" not in fields
    assert fields["title"] == "Roof"
    assert [(error.flow, error.field, error.value) for error in errors] == [
        ("opportunity", "status", "Stalled"),
        ("opportunity", "amount_estimate_low", "much"),
    ]
    assert str(errors[0]).startswith("opportunity.status: 'Stalled' is not in the row's values")
