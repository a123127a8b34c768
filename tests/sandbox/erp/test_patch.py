"""Changing records."""

import pytest

from tests.sandbox.erp.client import ErpClient, faults


def test_a_patch_merges_and_moves_the_version(erp: ErpClient) -> None:
    """Named properties change, null clears, nested ones are merged, the others stay."""
    made = erp.make("customers", name="One", phone="1", fax="2", billing_address={"line1": "A", "city": "B"})
    answer = erp.change("customers", made["id"], {"phone": None, "billing_address": {"city": "C"}})
    after = answer.json()
    assert (answer.status_code, answer.headers["ETag"], after["version"]) == (200, '"2"', 2)
    assert (after["phone"], after["fax"]) == (None, "2")
    assert (after["billing_address"]["line1"], after["billing_address"]["city"]) == ("A", "C")
    assert after["updated_at"] > made["updated_at"]
    assert after["created_at"] == made["created_at"]


def test_a_patch_that_changes_nothing_keeps_the_version(erp: ErpClient) -> None:
    """Saying what is already so is no change, and the log agrees."""
    made = erp.make("customers", name="One", external_id="link-1")
    after = erp.change("customers", made["id"], {"name": "One", "phone": None, "external_id": "link-1"}).json()
    assert after == made
    *_, last = erp.get(f"{erp.sandbox}/log").json()["entries"]
    assert (last["method"], last["status"], last["committed"]) == ("PATCH", 200, False)


def test_a_change_decided_on_an_old_version_is_refused_with_the_current_record(erp: ErpClient) -> None:
    """The 412 brings what the client has to look at again."""
    made = erp.make("customers", name="One")
    erp.change("customers", made["id"], {"name": "Two"}, If_Match='"1"')
    answer = erp.change("customers", made["id"], {"name": "Three"}, If_Match='"1"')
    assert answer.status_code == 412
    assert answer.headers["ETag"] == '"2"'
    assert answer.json()["current"] == erp.get(f"/customers/{made['id']}").json()
    assert answer.json()["current"]["name"] == "Two"
    assert erp.change("customers", made["id"], {"name": "Three"}, If_Match="*").status_code == 200


@pytest.mark.parametrize(
    ("patch", "expected"),
    [
        ({"name": None}, {("name", "type")}),
        ({"version": 7}, {("version", "read_only")}),
        ({"nmae": None}, {("nmae", "unknown")}),
        ({"billing_address": {"zip": None}}, {("billing_address.zip", "unknown")}),
        ({"external_id": "link-2"}, {("external_id", "immutable")}),
        ({"external_id": None, "fax": "x" * 41}, {("external_id", "immutable"), ("fax", "length")}),
    ],
)
def test_a_patch_against_the_contract_is_refused(erp: ErpClient, patch: dict[str, object], expected: set[tuple[str, str]]) -> None:
    """The record stays as it was."""
    made = erp.make("customers", name="One", external_id="link-1")
    answer = erp.change("customers", made["id"], patch)
    assert answer.status_code == 422
    assert faults(answer) == expected
    assert erp.get(f"/customers/{made['id']}").json() == made


def test_a_contact_keeps_a_name_or_an_email(erp: ErpClient) -> None:
    """The last of them cannot be cleared."""
    made = erp.make("contacts", last_name="Berg", email="b@example.com")
    assert erp.change("contacts", made["id"], {"last_name": None}).status_code == 200
    assert erp.change("contacts", made["id"], {"email": None}).status_code == 422


def test_a_person_is_named_as_the_author(erp: ErpClient) -> None:
    """A header plays somebody at the ERP's own screens."""
    made = erp.make("customers", name="One")
    headers = {"X_Sandbox_User": "clerk@example.com"}
    assert erp.change("customers", made["id"], {"name": "Two"}, **headers).json()["updated_by"] == "clerk@example.com"


@pytest.mark.parametrize(("media_type", "status"), [("application/json", 415), ("application/merge-patch+json; charset=utf-8", 200)])
def test_a_patch_has_to_be_a_merge_patch(erp: ErpClient, media_type: str, status: int) -> None:
    """The content type says so; its parameters do not matter."""
    made = erp.make("customers", name="One")
    assert erp.change("customers", made["id"], {"name": "Two"}, Content_Type=media_type).status_code == status


def test_the_time_moves_forward_though_the_clock_does_not(erp: ErpClient) -> None:
    """A record whose time lies ahead of the clock moves on by a millisecond."""
    ahead = {"name": "One", "updated_at": "2999-01-01T00:00:00Z"}
    ((record_id,),) = erp.post(f"{erp.sandbox}/seed", json={"products": [ahead]}).json().values()
    assert erp.change("products", record_id, {"name": "Two"}).json()["updated_at"] == "2999-01-01T00:00:00.001Z"
