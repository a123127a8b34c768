"""Every native property of the ERP by flow, for the mapping's parser; a test holds it against `contract.yaml`.

Nested ones with points. Lists (`tags`) do not travel. The stamp, `external_id`, is written at create only, by the connector itself.
"""

from __future__ import annotations

from typing import Final

from schemas.flows import Flow

COLLECTIONS: Final[dict[Flow, str]] = {"company": "customers", "contact": "contacts", "opportunity": "orders", "product": "products"}
STAMP: Final = "external_id"
LOOK_UPS: Final[dict[Flow, tuple[str, ...]]] = {
    "company": (STAMP, "organization_number", "email"),
    "contact": (STAMP, "email"),
    "opportunity": (STAMP,),
    "product": (STAMP, "sku"),
}
"""Query parameters that list the records with exactly that value, the surest first."""

_LINES: Final = ("line1", "line2", "city", "region", "postal_code", "country")


def _address(name: str) -> tuple[str, ...]:
    return tuple(f"{name}.{line}" for line in _LINES)


WRITABLE: Final[dict[Flow, frozenset[str]]] = {
    "company": frozenset({
        "name", "email", "phone", "phone_extension", "fax", "website", *_address("billing_address"), "notes",
        "organization_number", "vat_number", "customer_number", "currency", "payment_terms_days", "credit_limit", "active",
        "sales_rep",
    }),
    "contact": frozenset({
        "first_name", "last_name", "middle_name", "title", "suffix", "nickname", "job_title", "email", "email_2", "email_3",
        "marketing_consent", "phone", "mobile", "phone_other", "fax", *_address("billing_address"), *_address("shipping_address"),
        "customer_id", "birth_date", "website", "language", "time_zone", "contact_type", "lead_source", "sales_rep",
        "contact_number",
    }),
    "opportunity": frozenset({
        "title", "contact_id", "customer_id", "status", "expected_date", "amount_estimate", "amount_estimate_low",
        "total_amount", "currency", "notes", "follow_up_at", "follow_up_note", "include_in_forecast", "sales_rep", "lead_source",
        "affiliate", "customer_reference", "order_number", "invoice_number", "paid", "order_date",
    }),
    "product": frozenset({
        "name", "sku", "unit_price", "currency", "description", "short_description", "active", "taxable", "weight", "shippable",
        "subscription_only", "stock_quantity", "category",
    }),
}  # fmt: skip

PROPERTIES: Final[dict[Flow, frozenset[str]]] = {flow: names | {STAMP} for flow, names in WRITABLE.items()}

REFERENCES: Final = frozenset({"customer_id", "contact_id"})
"""Properties that hold the id of another record."""
DECIMALS: Final = frozenset({
    "credit_limit", "amount_estimate", "amount_estimate_low", "total_amount", "unit_price", "weight",
})  # fmt: skip
INSTANTS: Final = frozenset({"follow_up_at"})


def known(flow: Flow, name: str, *, writable: bool = False) -> bool:
    """Tell whether the ERP has (or takes) a property."""
    return name in (WRITABLE if writable else PROPERTIES)[flow]
