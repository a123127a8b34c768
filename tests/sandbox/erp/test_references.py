"""References between records."""

import pytest

from tests.sandbox.erp.client import ErpClient, faults


@pytest.fixture
def parties(erp: ErpClient) -> dict[str, str]:
    """Two customers, a contact at the first, one at the second, and one at none; name → id."""
    ids = {name: erp.make("customers", name=name)["id"] for name in ("first", "second")}
    for name in ("first", "second"):
        ids[f"of_{name}"] = erp.make("contacts", last_name=name, customer_id=ids[name])["id"]
    return ids | {"free": erp.make("contacts", last_name="free")["id"]}


def test_a_reference_has_to_exist_and_to_live(erp: ErpClient, parties: dict[str, str]) -> None:
    """An unknown id, one of another entity and a deleted one are refused alike."""
    erp.delete(f"/customers/{parties['second']}")
    for reference in ("cu-99", parties["free"], parties["second"]):
        answer = erp.post("/contacts", json={"last_name": "x", "customer_id": reference})
        assert answer.status_code == 422
        assert faults(answer) == {("customer_id", "reference")}


def test_a_reference_that_died_does_not_block_other_changes(erp: ErpClient, parties: dict[str, str]) -> None:
    """Only what a patch changes is looked at."""
    erp.delete(f"/customers/{parties['first']}")
    assert erp.change("contacts", parties["of_first"], {"phone": "1"}).status_code == 200
    assert erp.change("contacts", parties["of_first"], {"customer_id": None}).status_code == 200


def test_an_order_names_its_contacts_customer(erp: ErpClient, parties: dict[str, str]) -> None:
    """It is required where there is one, and no other will do; a contact without one leaves it open."""
    of_first = {"title": "x", "contact_id": parties["of_first"]}
    assert faults(erp.post("/orders", json=of_first)) == {("customer_id", "required")}
    wrong = {**of_first, "customer_id": parties["second"]}
    assert faults(erp.post("/orders", json=wrong)) == {("customer_id", "mismatch")}
    assert erp.make("orders", **of_first, customer_id=parties["first"])["customer_id"] == parties["first"]
    assert erp.make("orders", title="x", contact_id=parties["free"])["customer_id"] is None
    assert erp.make("orders", title="x", contact_id=parties["free"], customer_id=parties["second"])


def test_an_order_that_moves_to_another_contact_follows_its_customer(erp: ErpClient, parties: dict[str, str]) -> None:
    """Unless the patch names a customer, and then it has to be the right one."""
    order = erp.make("orders", title="x", contact_id=parties["of_first"], customer_id=parties["first"])["id"]
    moved = erp.change("orders", order, {"contact_id": parties["of_second"]})
    assert moved.json()["customer_id"] == parties["second"]
    wrong = erp.change("orders", order, {"contact_id": parties["of_first"], "customer_id": parties["second"]})
    assert faults(wrong) == {("customer_id", "mismatch")}
    assert faults(erp.change("orders", order, {"customer_id": None})) == {("customer_id", "required")}
    assert erp.change("orders", order, {"contact_id": parties["free"]}).json()["customer_id"] is None


def test_an_order_keeps_its_customer_when_the_contact_leaves(erp: ErpClient, parties: dict[str, str]) -> None:
    """The contact's change does not reach the order, and the order can still be changed."""
    order = erp.make("orders", title="x", contact_id=parties["of_first"], customer_id=parties["first"])["id"]
    erp.change("contacts", parties["of_first"], {"customer_id": parties["second"]})
    assert erp.change("orders", order, {"status": "won"}).json()["customer_id"] == parties["first"]
