"""Creating records."""

import pytest

from tests.sandbox.erp.client import ErpClient, faults


def test_a_new_record_carries_its_meta_and_every_property(erp: ErpClient) -> None:
    """What was left out is null, the version is 1 and the ETag names it."""
    answer = erp.post("/customers", json={"name": "Northwind", "credit_limit": "12.50", "external_id": "link-1"})
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    record = answer.json()
    assert (record["name"], record["credit_limit"], record["external_id"]) == ("Northwind", "12.50", "link-1")
    assert (record["version"], record["updated_by"], record["deleted_at"]) == (1, "api", None)
    assert record["created_at"] == record["updated_at"]
    assert record["phone"] is record["billing_address"] is None


def test_an_address_is_answered_with_all_its_lines(erp: ErpClient) -> None:
    """The lines nobody gave are null; an address of nulls is none."""
    contact = erp.make("contacts", last_name="Berg", billing_address={"line1": "Torggatan 1"}, shipping_address={"city": None})
    expected = {"line1": "Torggatan 1", "line2": None, "city": None, "region": None, "postal_code": None, "country": None}
    assert contact["billing_address"] == expected
    assert contact["shipping_address"] is None


def test_an_order_begins_as_new(erp: ErpClient) -> None:
    """The status has a default, and an instant is answered in UTC with milliseconds."""
    contact = erp.make("contacts", email="a@example.com")
    order = erp.make("orders", title="Chairs", contact_id=contact["id"], follow_up_at="2026-03-01T10:00:00+02:00")
    assert (order["status"], order["follow_up_at"]) == ("new", "2026-03-01T08:00:00.000Z")


@pytest.mark.parametrize(
    ("entity", "body", "expected"),
    [
        ("customers", {}, {("name", "required")}),
        ("customers", {"name": None}, {("name", "type")}),
        ("customers", {"name": ""}, {("name", "length")}),
        ("customers", {"name": "x" * 256, "email": 5}, {("name", "length"), ("email", "type")}),
        ("customers", {"name": "x", "credit_limit": 12.5}, {("credit_limit", "type")}),
        ("customers", {"name": "x", "credit_limit": "12.505"}, {("credit_limit", "format")}),
        ("customers", {"name": "x", "credit_limit": "12\n"}, {("credit_limit", "format")}),
        ("customers", {"name": "x", "payment_terms_days": True}, {("payment_terms_days", "type")}),
        ("customers", {"name": "x", "id": "cu-9", "version": 4}, {("id", "read_only"), ("version", "read_only")}),
        ("customers", {"name": "x", "nmae": "y"}, {("nmae", "unknown")}),
        ("customers", {"name": "x", "billing_address": {"zip": "1"}}, {("billing_address.zip", "unknown")}),
        ("contacts", {"nickname": "Bo"}, {("last_name", "required")}),
        ("contacts", {"last_name": "x", "birth_date": "2026-02-30"}, {("birth_date", "format")}),
        ("contacts", {"last_name": "x", "birth_date": "2026-W01-1"}, {("birth_date", "format")}),
        ("contacts", {"last_name": "x", "contact_type": "friend"}, {("contact_type", "enum")}),
        ("contacts", {"last_name": "x", "tags": ["a", 1]}, {("tags.1", "type")}),
        ("orders", {"title": "x"}, {("contact_id", "required")}),
        ("products", {"name": "x", "weight": "1.23456"}, {("weight", "format")}),
    ],
)
def test_a_body_against_the_contract_is_refused_with_every_fault(
    erp: ErpClient, entity: str, body: dict[str, object], expected: set[tuple[str, str]]
) -> None:
    """The faults name fields and codes, and nothing is stored."""
    answer = erp.post(f"/{entity}", json=body)
    assert answer.status_code == 422
    assert faults(answer) == expected
    assert erp.get(f"/{entity}").json()["items"] == []


def test_an_external_id_is_taken_for_good(erp: ErpClient) -> None:
    """The answer names the record that has it, also after that record was deleted; another entity may use it."""
    first = erp.make("customers", name="One", external_id="link-1")
    erp.delete(f"/customers/{first['id']}")
    answer = erp.post("/customers", json={"name": "Two", "external_id": "link-1"})
    assert answer.status_code == 409
    assert answer.json()["existing_id"] == first["id"]
    assert faults(answer) == {("external_id", "taken")}
    assert erp.make("products", name="Two", external_id="link-1")["external_id"] == "link-1"
