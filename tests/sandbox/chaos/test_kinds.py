"""What people send says what its edit is remembered by."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.chaos.kinds import KINDS, Kind
from schemas.flows import Fields


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


def test_an_edit_to_what_is_shown_is_needless() -> None:
    """Nobody could tell what became of it: a clear of what is empty, a move to where somebody is."""
    clear, company = kind("contact", "job_title", clears=True), kind("contact", "customer_id")
    nothing = clear.says(1)
    there: Fields = {"customer_id": "keap/company/12"}

    assert clear.body("keap", nothing, {}) == {"job_title": ""}
    assert clear.body("erp", nothing, {}) == {"job_title": None}
    assert clear.needless("keap", nothing, {"job_title": ""})
    assert clear.needless("erp", nothing, {})
    assert not clear.needless("keap", nothing, {"job_title": "Poet"})
    assert company.needless("keap", there, {"company": {"id": "12", "company_name": "Acme"}})
    assert company.needless("erp", {"customer_id": "erp/customer/cu-1"}, {"customer_id": "cu-1"})
    assert not company.needless("keap", there, {})
