"""What people send says what its edit is remembered by."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.chaos.kinds import KINDS, Kind


def kind(flow: str, row: str, *, clears: bool = False) -> Kind:
    """Return the kind of edit of a row."""
    return next(kind for kind in KINDS if (kind.flow, kind.row, kind.clears) == (flow, row, clears))


def test_an_address_moves_as_one() -> None:
    """City and postal code are new, the rest stays; in Keap the other addresses of the list are given back."""
    billing, shipping = kind("company", "billing_address.city"), kind("contact", "shipping_address.city")
    shown = {"addresses": [{"field": "BILLING", "line1": "1 Main St"}, {"field": "SHIPPING", "line1": "2 Main St", "locality": "Old"}]}

    assert billing.body("erp", billing.says(7), {}) == {"billing_address": {"city": "Springfield 7", "postal_code": "00007"}}
    assert shipping.body("keap", shipping.says(7), shown) == {
        "addresses": [
            {"field": "BILLING", "line1": "1 Main St"},
            {"field": "SHIPPING", "line1": "2 Main St", "locality": "Springfield 7", "postal_code": "00007"},
        ]
    }


@pytest.mark.parametrize(("side", "body"), [("keap", {"company": {"id": "12"}}), ("erp", {"customer_id": "12"})])
def test_a_reference_is_sent_as_the_side_names_it(side: Any, body: dict[str, Any]) -> None:
    """It is remembered as the ref, which is what the judge compares."""
    company = kind("contact", "customer_id")

    assert company.repeats
    assert company.body(side, {"customer_id": f"{side}/company/12"}, {}) == body


def test_only_what_is_there_is_cleared() -> None:
    """A clear of what is empty is no edit, and nobody could tell what became of it."""
    clear, edit = kind("contact", "job_title", clears=True), kind("contact", "job_title")

    assert clear.body("keap", clear.says(1), {}) == {"job_title": ""}
    assert clear.body("erp", clear.says(1), {}) == {"job_title": None}
    assert clear.needless("keap", {"job_title": ""})
    assert not clear.needless("keap", {"job_title": "Poet"})
    assert not edit.needless("keap", {})
