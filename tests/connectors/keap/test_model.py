"""The tenant's own: custom fields by label, its currency, and how a field is added."""

from __future__ import annotations

import pytest

from connectors.keap import KeapConnector
from schemas.errors import RejectedError
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant


def test_the_model_names_fields_and_currency(keap: KeapConnector, run: Run):
    """Products have no custom fields."""
    model = run(keap.model())
    assert model.custom_fields == {flow: {"keapsync id": "TEXT"} for flow in ("company", "contact", "opportunity")}
    assert model.currency == "USD"


def test_a_field_that_was_added_is_there(tenant: Tenant, keap: KeapConnector, run: Run):
    """For whoever asks next."""
    run(keap.add_field("company", "Credit Limit", "DECIMAL_NUMBER"))
    other = KeapConnector(tenant.url, "keap-sandbox-token", per_second=10**6)
    assert run(other.model()).custom_fields["company"]["Credit Limit"] == "DECIMAL_NUMBER"
    run(other.close())


def test_a_refused_field_comes_with_keaps_words(keap: KeapConnector, run: Run):
    """And products have none at all."""
    with pytest.raises(RejectedError, match="field_type must be one of"):
        run(keap.add_field("company", "Credit Limit", "MONEY"))
    with pytest.raises(RejectedError, match="products have no custom fields"):
        run(keap.add_field("product", "Colour", "TEXT"))
