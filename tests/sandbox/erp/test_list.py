"""Listing records and looking them up."""

from typing import Any

import pytest

from tests.sandbox.erp.client import ErpClient, faults

START = "2026-03-01T10:00:00.000Z"


def seed_minutes(erp: ErpClient, count: int) -> list[str]:
    """Seed products whose times are pairwise equal: minutes 0, 0, 1, 1, 2, ... after `START`."""
    products = [{"name": str(n), "updated_at": f"2026-03-01T10:{n // 2:02}:00Z", "created_at": START} for n in range(count)]
    return list(erp.post(f"{erp.sandbox}/seed", json={"products": products}).json()["products"])


def pages(erp: ErpClient, path: str, **parameters: Any) -> list[list[dict[str, Any]]]:
    """Read all pages."""
    found: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    while True:
        page = erp.get(path, params={**parameters, **cursor}).json()
        found.append(page["items"])
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


def test_pages_go_through_everything_in_order(erp: ErpClient) -> None:
    """The order is (updated_at, id), and equal times never lose a record between two pages."""
    ids = seed_minutes(erp, 25)
    found = pages(erp, "/products", limit=3)
    assert [len(page) for page in found] == [3] * 8 + [1]
    keys = [(record["updated_at"], record["id"]) for page in found for record in page]
    assert keys == sorted(keys)
    assert {record_id for _, record_id in keys} == set(ids)


def test_a_last_page_that_is_full_ends_the_list(erp: ErpClient) -> None:
    """No cursor leads to an empty page."""
    seed_minutes(erp, 6)
    assert [len(page) for page in pages(erp, "/products", limit=3)] == [3, 3]


def test_updated_since_takes_the_instant_itself_along(erp: ErpClient) -> None:
    """At or after, whatever the offset it is written in; a fraction below the millisecond rounds up."""
    seed_minutes(erp, 6)
    for since, count in (
        ("2026-03-01T10:01:00Z", 4),
        ("2026-03-01T12:01:00.000+02:00", 4),
        ("2026-03-01T10:01:00.0001Z", 2),
        ("2026-03-01T10:03:00Z", 0),
    ):
        assert len(erp.get("/products", params={"updated_since": since}).json()["items"]) == count


def test_a_record_that_changes_between_pages_is_met_again(erp: ErpClient) -> None:
    """It moves to the end; nothing else is missed."""
    ids = seed_minutes(erp, 4)
    first = erp.get("/products", params={"limit": 2}).json()
    erp.change("products", ids[0], {"name": "changed"})
    rest = erp.get("/products", params={"limit": 10, "cursor": first["next_cursor"]}).json()
    assert [record["id"] for record in rest["items"]] == [*ids[2:], ids[0]]


def test_deleted_records_are_listed_when_asked_for(erp: ErpClient) -> None:
    """A client that watches the times sees the delete as a change."""
    ids = seed_minutes(erp, 2)
    erp.delete(f"/products/{ids[0]}")
    assert [record["id"] for record in erp.get("/products").json()["items"]] == [ids[1]]
    found = erp.get("/products", params={"include_deleted": "true"}).json()["items"]
    assert [record["id"] for record in found] == [ids[1], ids[0]]


@pytest.mark.parametrize(
    ("entity", "name", "value"),
    [
        ("customers", "email", "a@example.com"),
        ("customers", "organization_number", "556016-0680"),
        ("customers", "external_id", "link-1"),
        ("contacts", "email", "a@example.com"),
        ("products", "sku", "A 1"),
    ],
)
def test_a_look_up_finds_the_exact_value(erp: ErpClient, entity: str, name: str, value: str) -> None:
    """Another case is another value; after a change the old value finds nothing."""
    required = {"last_name": "x"} if entity == "contacts" else {"name": "x"}
    made = erp.make(entity, **required, **{name: value})
    erp.make(entity, **required)
    assert erp.get(f"/{entity}", params={name: value}).json() == {"items": [made], "next_cursor": None}
    assert erp.get(f"/{entity}", params={name: value.swapcase() + "x"}).json()["items"] == []
    if name != "external_id":
        erp.change(entity, made["id"], {name: "other"})
        assert erp.get(f"/{entity}", params={name: value}).json()["items"] == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("limit=0", ("limit", "range")),
        ("limit=501", ("limit", "range")),
        ("limit=ten", ("limit", "type")),
        ("limit=1&limit=2", ("limit", "repeated")),
        ("include_deleted=yes", ("include_deleted", "type")),
        ("updated_since=yesterday", ("updated_since", "format")),
        ("cursor=abc", ("cursor", "malformed")),
        ("cursor=%C3%A5", ("cursor", "format")),
        ("sku=1", ("sku", "unknown")),
    ],
)
def test_a_parameter_against_the_contract_is_refused(erp: ErpClient, query: str, expected: tuple[str, str]) -> None:
    """It is never ignored: a client that misspells one hears of it."""
    answer = erp.get(f"/customers?{query}")
    assert answer.status_code == 400
    assert faults(answer) == {expected}
