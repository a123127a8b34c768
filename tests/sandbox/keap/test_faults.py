"""Faults of the tenant: what the client is told, and what was done."""

import time
from contextlib import suppress
from typing import Any

import httpx
import pytest

from tests.sandbox.keap.api import V2, contact, create, patch, read


def switch(keap: httpx.Client, **rules: Any) -> None:
    """Put faults in force."""
    keap.put("/_sandbox/faults", json=rules).raise_for_status()


def names(keap: httpx.Client) -> list[str]:
    """List the companies with all faults off."""
    switch(keap)
    return [company["company_name"] for company in read(keap, "companies")["companies"]]


@pytest.mark.parametrize(("fault", "status", "done"), [("throttle", 429, False), ("error_before", 500, False), ("error_after", 500, True)])
def test_refusals_before_and_after_the_commit(own_keap: httpx.Client, fault: str, status: int, done: bool) -> None:  # noqa: FBT001
    """The client cannot tell the two 500s apart; the log can."""
    switch(own_keap, **{fault: 1})

    response = own_keap.post(f"{V2}/companies", json={"company_name": "A"})

    assert response.status_code == status
    (entry,) = own_keap.get("/_sandbox/log").json()["entries"]
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/rest/v2/companies", status)
    assert entry["committed"] is done
    assert names(own_keap) == ["A"] * done


def test_a_dropped_reply_was_done(own_keap: httpx.Client) -> None:
    """The connection closes without a byte."""
    switch(own_keap, drop_reply=1)

    with pytest.raises(httpx.RemoteProtocolError):
        own_keap.post(f"{V2}/companies", json={"company_name": "A"})

    (entry,) = own_keap.get("/_sandbox/log").json()["entries"]
    assert (entry["status"], entry["committed"], entry["entity"]) == (None, True, "company")
    assert names(own_keap) == ["A"]


def test_a_rejected_token_meets_the_gateways_fault(own_keap: httpx.Client) -> None:
    """As if the key had been revoked."""
    switch(own_keap, reject_token=True)

    assert own_keap.get(f"{V2}/users").json()["fault"]["faultstring"] == "Invalid access token"


def test_faults_can_be_kept_to_some_methods(own_keap: httpx.Client) -> None:
    """Reads go on while writes fail."""
    switch(own_keap, error_before=1, methods=["POST", "PATCH"])

    assert own_keap.get(f"{V2}/users").status_code == 200
    assert own_keap.post(f"{V2}/companies", json={"company_name": "A"}).status_code == 500


def test_the_same_seed_hits_the_same_calls(own_keap: httpx.Client) -> None:
    """A run repeats."""

    def run(seed: int) -> list[int | None]:
        switch(own_keap, seed=seed, error_before=0.3, drop_reply=0.3)
        outcomes: list[int | None] = []
        for _ in range(8):
            outcomes.append(None)
            with suppress(httpx.RemoteProtocolError):
                outcomes[-1] = own_keap.get(f"{V2}/users").status_code
        return outcomes

    own_keap.put("/_sandbox/quota", json={"per_second": 1000}).raise_for_status()
    assert run(1) == run(1)
    assert len({tuple(run(seed)) for seed in range(5)}) > 1


def test_stale_reads_answer_an_older_state(own_keap: httpx.Client) -> None:
    """For records alone and in lists; a write's own answer is fresh."""
    contact_id = contact(own_keap, job_title="Poet")
    switch(own_keap, stale_read_ms=300_000)

    assert own_keap.get(f"{V2}/contacts/{contact_id}").status_code == 404
    assert read(own_keap, "contacts")["contacts"] == []
    assert patch(own_keap, f"contacts/{contact_id}", {"job_title": "Analyst"}, fields="job_title")["job_title"] == "Analyst"

    switch(own_keap)
    assert read(own_keap, f"contacts/{contact_id}", fields="job_title")["job_title"] == "Analyst"


def test_a_deleted_record_is_still_there_for_stale_reads(own_keap: httpx.Client) -> None:
    """Until the replica has caught up."""
    own_keap.put("/_sandbox/quota", json={"per_second": 1000, "per_minute": 100_000}).raise_for_status()
    contact_id = create(own_keap, "contacts", {"given_name": "Ada", "phone_numbers": [{"number": "1"}]})["id"]
    lag_ms = 150
    switch(own_keap, stale_read_ms=lag_ms)
    path = f"{V2}/contacts/{contact_id}"
    _wait_for(own_keap, path, 200)

    assert own_keap.delete(path).status_code == 204

    assert own_keap.get(path).json()["given_name"] == "Ada"
    _wait_for(own_keap, path, 404)


def _wait_for(keap: httpx.Client, path: str, status: int) -> None:
    deadline = time.monotonic() + 30
    while keap.get(path).status_code != status:
        assert time.monotonic() < deadline
