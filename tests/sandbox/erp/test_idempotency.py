"""Creating once per key."""

from tests.sandbox.erp.client import ErpClient, faults

KEY = {"Idempotency-Key": "command-1"}


def test_a_repeated_create_answers_the_same_record(erp: ErpClient) -> None:
    """The order of the properties does not matter; the answer says that it is a replay."""
    first = erp.post("/customers", json={"name": "One", "phone": "1"}, headers=KEY)
    again = erp.post("/customers", json={"phone": "1", "name": "One"}, headers=KEY)
    assert (first.status_code, again.status_code) == (201, 200)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json() == first.json()
    assert len(erp.get("/customers").json()["items"]) == 1


def test_a_replay_shows_the_record_as_it_is_now(erp: ErpClient) -> None:
    """An edit between the two calls is seen."""
    first = erp.post("/customers", json={"name": "One"}, headers=KEY).json()
    erp.change("customers", first["id"], {"phone": "1"})
    again = erp.post("/customers", json={"name": "One"}, headers=KEY).json()
    assert (again["id"], again["phone"], again["version"]) == (first["id"], "1", 2)


def test_a_key_used_for_something_else_is_refused(erp: ErpClient) -> None:
    """Another body or another entity under the same key makes nothing."""
    erp.post("/customers", json={"name": "One"}, headers=KEY)
    for entity, body in (("customers", {"name": "Two"}), ("products", {"name": "One"})):
        answer = erp.post(f"/{entity}", json=body, headers=KEY)
        assert answer.status_code == 422
        assert faults(answer) == {("Idempotency-Key", "key_reused")}
    assert erp.get("/products").json()["items"] == []


def test_a_create_that_failed_leaves_its_key_free(erp: ErpClient) -> None:
    """The corrected body may come under the same key."""
    assert erp.post("/customers", json={}, headers=KEY).status_code == 422
    assert erp.post("/customers", json={"name": "One"}, headers=KEY).status_code == 201


def test_a_malformed_key_is_refused(erp: ErpClient) -> None:
    """A key is at most 255 visible characters."""
    answer = erp.post("/customers", json={"name": "One"}, headers={"Idempotency-Key": "k" * 256})
    assert answer.status_code == 400
    assert faults(answer) == {("Idempotency-Key", "length")}
