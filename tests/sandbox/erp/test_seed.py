"""Seeding many records at once."""

from typing import Any

from tests.sandbox.erp.client import ErpClient


def test_a_seed_answers_ids_in_order_and_follows_references(erp: ErpClient) -> None:
    """References name places in the body, whatever the order of its entities; times are taken as given."""
    body = {
        "orders": [{"title": "x", "contact_id": {"$ref": ["contacts", 0]}, "customer_id": {"$ref": ["customers", 1]}}],
        "contacts": [{"last_name": "x", "customer_id": {"$ref": ["customers", 1]}}],
        "customers": [{"name": "a"}, {"name": "b", "created_at": "2020-01-01T00:00:00Z", "updated_at": "2021-01-01T00:00:00Z"}],
    }
    ids = erp.post(f"{erp.sandbox}/seed", json=body).json()
    order = erp.get(f"/orders/{ids['orders'][0]}").json()
    assert (order["contact_id"], order["customer_id"]) == (ids["contacts"][0], ids["customers"][1])
    customer = erp.get(f"/customers/{ids['customers'][1]}").json()
    assert (customer["name"], customer["created_at"], customer["updated_at"]) == (
        "b",
        "2020-01-01T00:00:00.000Z",
        "2021-01-01T00:00:00.000Z",
    )
    assert erp.get(f"{erp.sandbox}/log").json()["entries"] == []


def test_a_seed_with_one_wrong_record_stores_nothing(erp: ErpClient) -> None:
    """The answer names its place."""
    answer = erp.post(f"{erp.sandbox}/seed", json={"customers": [{"name": "a"}, {"nmae": "b"}]})
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("customers.1")
    assert erp.get("/customers").json()["items"] == []


def test_a_seed_that_points_nowhere_is_refused(erp: ErpClient) -> None:
    """So is one that names another entity."""
    orphan = {"contacts": [{"last_name": "x", "customer_id": {"$ref": ["customers", 0]}}]}
    stranger: dict[str, Any] = {"invoices": []}
    for body in (orphan, stranger):
        assert erp.post(f"{erp.sandbox}/seed", json=body).status_code == 422
