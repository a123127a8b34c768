"""Faults in the ERP's own words, and reads that answer late."""

import httpx
import pytest

from tests.sandbox.erp.client import ErpClient


@pytest.mark.parametrize(("rule", "status"), [({"throttle": 1}, 429), ({"error_before": 1}, 500), ({"reject_token": True}, 401)])
def test_a_fault_before_the_work_leaves_nothing(erp: ErpClient, rule: dict[str, float], status: int) -> None:
    """It is a problem like any other, and the log shows what the client was told."""
    erp.switch("faults", **rule)
    answer = erp.post("/customers", json={"name": "One"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    erp.switch("faults")
    assert erp.get("/customers").json()["items"] == []
    (entry,) = erp.get(f"{erp.sandbox}/log").json()["entries"]
    assert (entry["status"], entry["committed"]) == (status, False)


def test_a_lost_answer_is_made_good_by_the_key(erp: ErpClient) -> None:
    """The create was committed; repeated under its key it answers the record made then."""
    key = {"Idempotency-Key": "command-1"}
    erp.switch("faults", drop_reply=1)
    with pytest.raises(httpx.TransportError):
        erp.post("/customers", json={"name": "One"}, headers=key)
    erp.switch("faults")
    again = erp.post("/customers", json={"name": "One"}, headers=key)
    assert (again.status_code, again.json()["name"]) == (200, "One")
    first, second = erp.get(f"{erp.sandbox}/log").json()["entries"]
    assert (first["status"], first["committed"], first["id"]) == (None, True, again.json()["id"])
    assert (second["status"], second["committed"]) == (200, False)


def test_a_stale_read_shows_the_past(erp: ErpClient) -> None:
    """Reads answer from a minute ago; what is written is decided on the present."""
    made = erp.make("customers", name="One", email="a@example.com")
    erp.switch("faults", stale_read_ms=60_000)
    assert erp.get(f"/customers/{made['id']}").status_code == 404
    assert erp.get("/customers", params={"email": "a@example.com"}).json()["items"] == []
    changed = erp.change("customers", made["id"], {"name": "Two"}, If_Match='"1"')
    assert changed.json()["name"] == "Two"
    erp.switch("faults")
    assert erp.get(f"/customers/{made['id']}").json() == changed.json()
