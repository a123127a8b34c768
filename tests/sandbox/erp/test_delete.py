"""Deleting records."""

from tests.sandbox.erp.client import ErpClient


def test_a_deleted_record_is_shown_with_its_time(erp: ErpClient) -> None:
    """It counts as a change, and deleting it again changes nothing."""
    made = erp.make("customers", name="One")
    path = f"/customers/{made['id']}"
    assert erp.delete(path).status_code == 204
    gone = erp.get(path).json()
    assert (gone["version"], gone["name"]) == (2, "One")
    assert gone["deleted_at"] is not None
    assert gone["updated_at"] > made["updated_at"]
    assert erp.delete(path).status_code == 204
    assert erp.get(path).json() == gone


def test_a_deleted_record_cannot_be_changed(erp: ErpClient) -> None:
    """For a writer it is gone."""
    made = erp.make("customers", name="One")
    erp.delete(f"/customers/{made['id']}")
    assert erp.change("customers", made["id"], {"name": "Two"}).status_code == 404


def test_an_unknown_record_is_not_found(erp: ErpClient) -> None:
    """Every verb says so."""
    for answer in (erp.get("/orders/or-1"), erp.delete("/orders/or-1"), erp.change("orders", "or-1", {})):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_without_soft_delete_a_deleted_record_is_gone(erp: ErpClient) -> None:
    """Switched off, the capability says so and the record is not shown any more."""
    erp.switch("capabilities", soft_delete=False)
    made = erp.make("customers", name="One")
    erp.delete(f"/customers/{made['id']}")
    assert erp.get("/capabilities").json()["soft_delete"] is False
    assert erp.get(f"/customers/{made['id']}").status_code == 404
    assert erp.get("/customers", params={"include_deleted": "true"}).json()["items"] == []
