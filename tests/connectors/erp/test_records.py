"""Every property of every flow, in and out."""

from __future__ import annotations

import pytest

from connectors.erp import ErpConnector
from connectors.erp.properties import PROPERTIES
from schemas.errors import RejectedError
from schemas.flows import Fields, Flow
from tests.connectors.conftest import Run
from tests.connectors.erp.conftest import Screens

ADDRESS: Fields = {
    "billing_address.line1": "1 Main St",
    "billing_address.line2": None,
    "billing_address.city": "Chandler",
    "billing_address.region": "US-AZ",
    "billing_address.postal_code": "85224",
    "billing_address.country": "US",
}
CUSTOMER: Fields = {
    "name": "Analytical Engines", "email": "office@example.com", "phone": "1", "phone_extension": "12", "fax": "2",
    "website": "https://example.com", **ADDRESS, "notes": "Pays late.", "organization_number": "556677-8899",
    "vat_number": "SE556677889901", "customer_number": "C-1", "currency": "SEK", "payment_terms_days": 30,
    "credit_limit": "1000.50", "active": True, "sales_rep": "rep@example.com",
}  # fmt: skip
CONTACT: Fields = {
    "first_name": "Ada", "last_name": "Byron", "middle_name": "King", "title": "Lady", "suffix": "PhD", "nickname": "A.",
    "job_title": "Analyst", "email": "a@example.com", "email_2": "b@example.com", "email_3": "c@example.com",
    "marketing_consent": False, "phone": "1", "mobile": "2", "phone_other": "3", "fax": "4", **ADDRESS,
    **{name.replace("billing", "shipping"): value for name, value in ADDRESS.items()}, "customer_id": None,
    "birth_date": "1815-12-10", "website": "https://example.com", "language": "en-US", "time_zone": "America/Phoenix",
    "contact_type": "customer", "lead_source": "Fair", "sales_rep": None, "contact_number": "P-1",
}  # fmt: skip
ORDER: Fields = {
    "title": "Engine no. 2", "customer_id": None, "status": "quoted", "expected_date": "2026-03-01", "amount_estimate": "12345678901.25",
    "amount_estimate_low": "0.10", "total_amount": None, "currency": "SEK", "notes": "Steam",
    "follow_up_at": "2026-02-01T09:30:00.000Z", "follow_up_note": "Call", "include_in_forecast": True, "sales_rep": None,
    "lead_source": None, "affiliate": None, "customer_reference": "PO 1", "order_number": None, "invoice_number": None,
    "paid": None, "order_date": "2026-01-01",
}  # fmt: skip
PRODUCT: Fields = {
    "name": "Difference Engine", "sku": "DE-1", "unit_price": "12.50", "currency": "USD", "description": "<b>Brass</b>",
    "short_description": "Brass", "active": False, "taxable": True, "weight": "1500.2500", "shippable": True,
    "subscription_only": False, "stock_quantity": 7, "category": "Engines",
}  # fmt: skip


def contact_of(screens: Screens) -> str:
    """Add a contact; returns its id."""
    return screens.seed(contacts=[{"last_name": "Byron"}])["contacts"][0]


@pytest.mark.parametrize(("flow", "fields"), [("company", CUSTOMER), ("contact", CONTACT), ("opportunity", ORDER), ("product", PRODUCT)])
def test_every_property_goes_in_and_comes_back(screens: Screens, erp: ErpConnector, run: Run, flow: Flow, fields: Fields):
    """By the answer, by a read and in a list, the stamp among them."""
    wanted = fields | ({"contact_id": contact_of(screens)} if flow == "opportunity" else {})
    expected = wanted | {"external_id": "link-1"}
    created = run(erp.create(flow, wanted, stamp="link-1", key="k"))
    assert created.fields == expected
    assert expected.keys() == PROPERTIES[flow]
    assert run(erp.get(flow, created.id)).fields == expected
    listed = [record for record in run(erp.page(flow, since=0, cursor=None)).records if record.id == created.id]
    assert listed[0].fields == expected


def test_meta_is_read(screens: Screens, erp: ErpConnector, run: Run):
    """Version, times in ms, who did it."""
    created = run(erp.create("company", CUSTOMER, stamp=None, key="k"))
    screens.edit(f"customers/{created.id}", notes="by hand")
    read = run(erp.get("company", created.id))
    assert (created.version, read.version) == (1, 2)
    assert read.updated_by == "person"
    assert created.created_at is not None
    assert read.updated_at is not None
    assert read.updated_at > created.created_at == read.created_at
    assert not read.deleted


def test_one_line_of_an_address_is_changed_alone(erp: ErpConnector, run: Run):
    """Nested objects are merged; a clear is a null."""
    created = run(erp.create("company", CUSTOMER, stamp=None, key="k"))
    changes: Fields = {"billing_address.city": "Ystad", "billing_address.region": None}
    assert run(erp.update("company", created, changes)).fields == {**created.fields, **changes}


def test_everything_that_is_not_required_can_be_cleared(erp: ErpConnector, run: Run):
    """Nulls clear, whole addresses too."""
    created = run(erp.create("company", CUSTOMER, stamp="link-1", key="k"))
    cleared: Fields = {name: None for name in CUSTOMER if name != "name"}
    updated = run(erp.update("company", created, cleared))
    assert updated.fields == {**cleared, "name": CUSTOMER["name"], "external_id": "link-1"}


def test_a_property_that_the_contract_does_not_name_is_refused_before_the_call(erp: ErpConnector, run: Run):
    """The stamp is not an ordinary field either."""
    with pytest.raises(RejectedError, match="no writable property external_id, full_name"):
        run(erp.create("contact", {"full_name": "x", "external_id": "y"}, stamp=None, key="k"))
    assert erp.calls == 0


def test_what_an_erp_adds_of_its_own_is_left_alone(screens: Screens, erp: ErpConnector, run: Run):
    """Derived properties do not appear."""
    screens.put("habits", derived=True)
    created = run(erp.create("contact", {"first_name": "Ada", "last_name": "Byron"}, stamp=None, key="k"))
    assert "full_name" in created.raw
    assert created.fields.keys() == PROPERTIES["contact"]


def test_storage_habits_show_in_the_answer(screens: Screens, erp: ErpConnector, run: Run):
    """The read-back is what was stored, not what was sent."""
    screens.put("habits", trim=True, upper=["name"])
    created = run(erp.create("company", {"name": " Engines "}, stamp=None, key="k"))
    assert created.fields["name"] == "ENGINES"


def test_a_refusal_lists_all_faults(erp: ErpConnector, run: Run):
    """In the ERP's words, field by field."""
    with pytest.raises(RejectedError, match=r"billing_address.country.*; .*credit_limit") as caught:
        run(erp.create("company", {"name": "C", "billing_address.country": "Sweden", "credit_limit": "much"}, stamp=None, key="k"))
    assert caught.value.status == 422
