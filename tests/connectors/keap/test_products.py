"""Products: a price of 12.50 is 1250 to Keap."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.keap import KeapConnector
from connectors.keap.money import to_major, to_minor
from schemas.errors import RejectedError
from schemas.flows import Fields
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

WHOLE: Fields = {
    "name": "Difference Engine",
    "sku": "DE-1",
    "price.amount": "12.50",
    "description": "<b>Brass</b>",
    "short_description": "Brass",
    "active": False,
    "taxable": True,
    "shippable": True,
    "subscription_only": False,
    "weight": "1500.25",
}


def test_every_property_goes_in_and_comes_back(tenant: Tenant, keap: KeapConnector, run: Run):
    """Prices in major units here, in cents there; the stamp has no place and is left out."""
    created = run(keap.create("product", WHOLE, stamp="link-1", key="k"))
    assert created.fields == {**WHOLE, "price.currency_code": "USD"}
    assert run(keap.get("product", created.id)).fields == created.fields
    assert run(keap.page("product", since=None, cursor=None)).records[0].fields == created.fields
    assert tenant.show(f"products/{created.id}")["price"]["amount"] == 1250


def test_a_price_moves_to_the_cent(tenant: Tenant, keap: KeapConnector, run: Run):
    """19.99 is 1999, whatever binary fractions think of it."""
    created = run(keap.create("product", WHOLE, stamp=None, key="k"))
    assert run(keap.update("product", created, {"price.amount": "19.99"})).fields["price.amount"] == "19.99"
    assert tenant.show(f"products/{created.id}")["price"]["amount"] == 1999


def test_a_price_finer_than_a_cent_is_refused(keap: KeapConnector, run: Run):
    """Nothing is rounded in silence."""
    with pytest.raises(RejectedError, match=r"12\.505 is no whole number of the smallest unit of USD"):
        run(keap.create("product", {**WHOLE, "price.amount": "12.505"}, stamp=None, key="k"))


def test_the_currency_is_not_ours_to_write(keap: KeapConnector, run: Run):
    """It is the tenant's."""
    with pytest.raises(RejectedError, match=r"price\.currency_code"):
        run(keap.create("product", {**WHOLE, "price.currency_code": "EUR"}, stamp=None, key="k"))


def test_a_text_that_keap_requires_cannot_be_cleared(keap: KeapConnector, run: Run):
    """Keap's own words come back."""
    created = run(keap.create("product", WHOLE, stamp=None, key="k"))
    with pytest.raises(RejectedError, match="short_description is required"):
        run(keap.update("product", created, {"short_description": None}))


@pytest.mark.parametrize(
    ("minor", "currency", "major"),
    [
        (1250, "USD", "12.50"),
        (1250, None, "12.50"),
        (1250, "JPY", "1250"),
        (1250, "KWD", "1.250"),
        (5, "eur", "0.05"),
        (-1, "USD", "-0.01"),
    ],
)
def test_units_follow_the_currency(minor: int, currency: str | None, major: str):
    """Yen have no cents, dinars a thousand fils."""
    assert to_major(minor, currency) == major
    assert to_minor(major, currency) == minor


@given(st.integers(min_value=-(2**62), max_value=2**62), st.sampled_from(["USD", "JPY", "BHD", "CLF"]))
def test_no_amount_is_lost_between_units(minor: int, currency: str):
    """There and back, for any int64."""
    assert to_minor(to_major(minor, currency), currency) == minor
