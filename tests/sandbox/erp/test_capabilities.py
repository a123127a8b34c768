"""Each switch makes the ERP act as if it had never heard of the thing."""

from tests.sandbox.erp.client import ErpClient, faults

SINCE = {"updated_since": "2999-01-01T00:00:00Z"}


def test_everything_is_offered(erp: ErpClient) -> None:
    """The whole of the contract."""
    offered = erp.get("/capabilities").json()
    assert {name for name, value in offered.items() if value is True} == {
        "updated_since",
        "versions",
        "idempotency",
        "external_id",
        "soft_delete",
        "webhooks",
    }
    assert offered["max_page"] == 500


def test_without_changes_since_every_list_is_whole(erp: ErpClient) -> None:
    """The parameter is ignored, as poor ERPs do."""
    erp.make("customers", name="One")
    assert erp.get("/customers", params=SINCE).json()["items"] == []
    erp.switch("capabilities", updated_since=False)
    assert len(erp.get("/customers", params=SINCE).json()["items"]) == 1


def test_without_versions_nothing_is_conditional(erp: ErpClient) -> None:
    """No version, no ETag, and If-Match says nothing."""
    made = erp.make("customers", name="One")
    erp.switch("capabilities", versions=False)
    answer = erp.change("customers", made["id"], {"name": "Two"}, If_Match='"99"')
    assert answer.status_code == 200
    assert "version" not in answer.json()
    assert "etag" not in answer.headers
    assert all("version" not in item for item in erp.get("/customers").json()["items"])


def test_without_external_ids_nothing_knows_them(erp: ErpClient) -> None:
    """Not shown, refused in bodies, patches and look-ups."""
    made = erp.make("customers", name="One", external_id="link-1")
    erp.switch("capabilities", external_id=False)
    assert "external_id" not in erp.get(f"/customers/{made['id']}").json()
    unknown = {("external_id", "unknown")}
    assert faults(erp.post("/customers", json={"name": "Two", "external_id": "link-2"})) == unknown
    assert faults(erp.change("customers", made["id"], {"external_id": "link-1"})) == unknown
    assert faults(erp.get("/customers", params={"external_id": "link-1"})) == unknown


def test_without_idempotency_a_repeat_makes_a_second_record(erp: ErpClient) -> None:
    """The key is ignored."""
    erp.switch("capabilities", idempotency=False)
    made = [erp.post("/customers", json={"name": "One"}, headers={"Idempotency-Key": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert made[0].json()["id"] != made[1].json()["id"]


def test_without_soft_delete_nothing_is_left_of_a_record(erp: ErpClient) -> None:
    """Its second delete is a 404, and its external_id and its key are free again."""
    erp.switch("capabilities", soft_delete=False)
    key = {"Idempotency-Key": "k"}
    document = {"name": "One", "external_id": "link-1"}
    made = erp.post("/customers", json=document, headers=key).json()
    assert [erp.delete(f"/customers/{made['id']}").status_code for _ in range(2)] == [204, 404]
    again = erp.post("/customers", json=document, headers=key)
    assert again.status_code == 201
    assert again.json()["id"] != made["id"]


def test_without_webhooks_there_is_no_such_path(erp: ErpClient) -> None:
    """For any verb."""
    erp.switch("capabilities", webhooks=False)
    answers = (
        erp.get("/webhooks"),
        erp.get("/webhooks/1"),
        erp.delete("/webhooks/1"),
        erp.post("/webhooks", json={"url": "http://localhost/x", "events": ["order.created"]}),
    )
    assert {answer.status_code for answer in answers} == {404}
