"""Two contacts become one (`contacts:merge`)."""

from __future__ import annotations

import httpx
import pytest

from tests.sandbox.keap.api import V2, create, read

MERGE = f"{V2}/contacts:merge"


def contact(keap: httpx.Client, name: str, **more: str) -> str:
    """Make a contact and return its id."""
    email = [{"email": f"{name.lower()}@example.com", "field": "EMAIL1"}]
    return str(create(keap, "contacts", {"given_name": name, "email_addresses": email, **more}, fields="id")["id"])


def test_the_duplicate_is_gone_and_the_contact_has_what_it_lacked(keap: httpx.Client) -> None:
    """Its own properties stay."""
    kept, duplicate = contact(keap, "Ann"), contact(keap, "Anna", job_title="Buyer")
    keap.post(MERGE, json={"contact_id": kept, "duplicate_contact_id": duplicate}).raise_for_status()
    assert read(keap, f"contacts/{kept}", fields="given_name,job_title") == {
        "id": kept,
        "given_name": "Ann",
        "job_title": "Buyer",
    }
    assert keap.get(f"{V2}/contacts/{duplicate}").status_code == 404


def test_opportunities_follow(keap: httpx.Client) -> None:
    """They change: polls see them."""
    kept, duplicate = contact(keap, "Ann"), contact(keap, "Anna")
    deal = create(keap, "opportunities", {"opportunity_title": "Deal", "contact_id": duplicate, "stage_id": "1"})
    keap.post(MERGE, json={"contact_id": kept, "duplicate_contact_id": duplicate}).raise_for_status()
    moved = read(keap, f"opportunities/{deal['id']}")
    assert moved["contact"]["id"] == kept
    assert moved["last_updated_time"] >= deal["last_updated_time"]


@pytest.mark.parametrize("other", ["itself", "nobody", None])
def test_what_cannot_be_merged_is_refused(keap: httpx.Client, other: str | None) -> None:
    """And nothing is lost by it."""
    kept = contact(keap, "Ann")
    body = {"contact_id": kept} | ({"duplicate_contact_id": kept if other == "itself" else "999999"} if other else {})
    assert keap.post(MERGE, json=body).status_code == (404 if other == "nobody" else 400)
    read(keap, f"contacts/{kept}")
