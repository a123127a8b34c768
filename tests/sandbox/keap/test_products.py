"""Products: money, stock, switches."""

from typing import Any

import httpx
import pytest

from tests.sandbox.keap.api import V2, patch, product, read, refusal


def test_a_price_is_written_in_cents_and_read_as_an_object(keap: httpx.Client) -> None:
    """1250 is twelve fifty."""
    shown = read(keap, f"products/{product(keap, price=123456)}")

    assert shown["price"] == {"amount": 123456, "currency_code": "USD", "formatted_amount": "$1,234.56"}


@pytest.mark.parametrize("price", [12.5, "1250", True, {"amount": 1250}, -1, None])
def test_other_prices_are_refused(keap: httpx.Client, price: Any) -> None:
    """An int64 and nothing else."""
    body = {"name": "Engine", "short_description": "short", "price": price}

    assert "price" in refusal(keap.post(f"{V2}/products", json=body))


@pytest.mark.parametrize("missing", ["name", "price", "short_description"])
def test_name_price_and_short_description_are_required(keap: httpx.Client, missing: str) -> None:
    """All three at create."""
    body = {"name": "Engine", "short_description": "short", "price": 1}
    del body[missing]

    assert missing in refusal(keap.post(f"{V2}/products", json=body))


def test_stock_is_nested_at_create_and_flat_in_a_patch(keap: httpx.Client) -> None:
    """And its count is left out of lists."""
    product_id = product(keap, inventory={"inventory_limit": 5, "inventory_count": 3})
    patch(keap, f"products/{product_id}", {"inventory_limit": 7}, mask="inventory_limit")

    alone = read(keap, f"products/{product_id}")["inventory"]
    listed = read(keap, "products", filter=f"product_ids=={product_id}")["products"][0]["inventory"]

    assert (alone["inventory_limit"], alone["inventory_count"]) == (7, 3)
    assert "inventory_count" not in listed
    assert "inventory" in refusal(keap.patch(f"{V2}/products/{product_id}", json={"inventory": {}}))


def test_switches_are_never_unset(keap: httpx.Client) -> None:
    """A new product is active and nothing else; a cleared switch is off."""
    product_id = product(keap)
    shown = read(keap, f"products/{product_id}")
    assert (shown["active"], shown["taxable"]) == (True, False)

    assert patch(keap, f"products/{product_id}", {"active": None})["active"] is False


def test_a_product_has_no_custom_fields_and_no_model(keap: httpx.Client) -> None:
    """There is no place for another system's key but the sku."""
    assert "custom_fields" in refusal(keap.patch(f"{V2}/products/{product(keap)}", json={"custom_fields": []}))
    assert keap.get(f"{V2}/products/model").status_code == 404
