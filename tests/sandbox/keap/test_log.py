"""The log of writing calls."""

import httpx

from tests.sandbox.keap.api import V2, company, patch


def test_writes_are_logged_with_their_record_and_reads_are_counted(own_keap: httpx.Client) -> None:
    """In order; refused calls have no record."""
    company_id = company(own_keap)
    patch(own_keap, f"companies/{company_id}", {"notes": "x"})
    own_keap.post(f"{V2}/companies", json={})
    own_keap.delete(f"{V2}/companies/{company_id}")
    own_keap.get(f"{V2}/companies")

    log = own_keap.get("/_sandbox/log?writes=1").json()

    assert [(entry["method"], entry["status"], entry["id"], entry["committed"]) for entry in log["entries"]] == [
        ("POST", 201, company_id, True),
        ("PATCH", 200, company_id, True),
        ("POST", 400, None, False),
        ("DELETE", 204, company_id, True),
    ]
    assert log["reads"] == 1


def test_the_log_is_read_on_from_a_number(own_keap: httpx.Client) -> None:
    """`since` leaves out what was seen."""
    company(own_keap)
    seen = own_keap.get("/_sandbox/log").json()["entries"][-1]["seq"]
    company(own_keap)

    assert len(own_keap.get("/_sandbox/log", params={"since": seen}).json()["entries"]) == 1
    assert own_keap.get("/_sandbox/log", params={"since": "x"}).status_code == 400


def test_a_persons_calls_are_told_from_a_clients(own_keap: httpx.Client) -> None:
    """What a client wrote can be counted while people work."""
    company_id = company(own_keap)
    own_keap.patch(f"{V2}/companies/{company_id}", json={"notes": "x"}, headers={"X-Sandbox-User": "a person"})

    assert [entry["user"] for entry in own_keap.get("/_sandbox/log").json()["entries"]] == [None, "a person"]


def test_what_a_client_knew_of_a_record_is_told(own_keap: httpx.Client) -> None:
    """When it looked, when its write took effect; the log of writes is without looks."""
    company_id = company(own_keap)
    own_keap.get(f"{V2}/companies/{company_id}")
    patch(own_keap, f"companies/{company_id}", {"notes": "x"})

    _, looked, patched = own_keap.get("/_sandbox/log?looks=1").json()["entries"]

    assert (looked["method"], looked["entity"], looked["id"], looked["committed"]) == ("GET", "company", company_id, False)
    assert looked["at"] <= patched["at"] <= patched["committed_at"]
    assert [entry["method"] for entry in own_keap.get("/_sandbox/log").json()["entries"]] == ["POST", "PATCH"]
