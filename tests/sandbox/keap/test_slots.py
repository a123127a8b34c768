"""Lists by slot: e-mails, phones, addresses."""

from typing import Any

import httpx
import pytest

from tests.sandbox.keap.api import V2, contact, patch, read, refusal

EMAILS = [{"field": "EMAIL1", "email": "one@example.com"}, {"field": "EMAIL2", "email": "two@example.com"}]


def emails(keap: httpx.Client, contact_id: str) -> dict[str, str]:
    """Read a contact's addresses by slot."""
    items = read(keap, f"contacts/{contact_id}", fields="email_addresses")["email_addresses"]
    return {item["field"]: item["email"] for item in items}


def test_a_written_list_replaces_the_whole(keap: httpx.Client) -> None:
    """Items not listed are removed."""
    contact_id = contact(keap, email_addresses=EMAILS)

    patch(keap, f"contacts/{contact_id}", {"email_addresses": [{"field": "EMAIL2", "email": "new@example.com"}]})

    assert emails(keap, contact_id) == {"EMAIL2": "new@example.com"}


def test_an_empty_list_removes_all(keap: httpx.Client) -> None:
    """Also the last contact point: only a create needs one."""
    contact_id = contact(keap, email_addresses=EMAILS)

    patch(keap, f"contacts/{contact_id}", {"email_addresses": []})

    assert emails(keap, contact_id) == {}


def test_a_list_outside_the_mask_is_kept(keap: httpx.Client) -> None:
    """The way to leave it alone."""
    contact_id = contact(keap, email_addresses=EMAILS)

    patch(keap, f"contacts/{contact_id}", {"job_title": "Poet"}, mask="job_title")

    assert emails(keap, contact_id) == {"EMAIL1": "one@example.com", "EMAIL2": "two@example.com"}


def test_items_without_a_slot_take_the_first_free_one(keap: httpx.Client) -> None:
    """Unspecified slots are filled in order."""
    contact_id = contact(keap, email_addresses=[{"email": "a@example.com"}, {"email": "b@example.com", "field": "EMAIL3"}])

    assert emails(keap, contact_id) == {"EMAIL1": "a@example.com", "EMAIL3": "b@example.com"}


def test_consent_belongs_to_the_address_and_survives_a_write_without_it(keap: httpx.Client) -> None:
    """Replacing the list with the same address keeps its opt-in."""
    contact_id = contact(keap, email_addresses=[{**EMAILS[0], "opt_in_reason": "asked in the shop"}])

    patch(keap, f"contacts/{contact_id}", {"email_addresses": EMAILS})

    first, second = read(keap, f"contacts/{contact_id}", fields="email_addresses")["email_addresses"]
    assert (first["is_opt_in"], first["email_opt_status"]) == (True, "SINGLE_OPT_IN")
    assert (second["is_opt_in"], second["email_opt_status"]) == (False, "NON_MARKETABLE")


@pytest.mark.parametrize(
    ("property_name", "items", "word"),
    [
        ("email_addresses", [EMAILS[0], EMAILS[0]], "two items"),
        ("email_addresses", [{"field": "EMAIL4", "email": "a@example.com"}], "EMAIL4"),
        ("email_addresses", [{**EMAILS[0], "email_opt_status": "SINGLE_OPT_IN"}], "read-only"),
        ("email_addresses", [{**EMAILS[0], "is_opt_in": True}], "read-only"),
        ("email_addresses", [{"field": "EMAIL1", "email": "x" * 76}], "75"),
        ("email_addresses", {"EMAIL1": "one@example.com"}, "list"),
        ("phone_numbers", [{"field": "PHONE4", "number": "1" * 21}], "20"),
        ("addresses", [{"field": "BILLING", "line1": "x" * 76}], "75"),
        ("addresses", [{"field": "BILLING", "region": "Arizona"}], "country_code"),
        ("addresses", [{"field": "BILLING", "country_code": "US"}], "country_code"),
        ("addresses", [{"field": "BILLING", "zip_four": "1234"}], "zip_code"),
    ],
)
def test_bad_items_are_refused(keap: httpx.Client, property_name: str, items: Any, word: str) -> None:
    """Each with the property and the reason in its message."""
    message = refusal(keap.post(f"{V2}/contacts", json={property_name: items}))

    assert property_name in message
    assert word in message


def test_slots_have_their_own_limits(keap: httpx.Client) -> None:
    """EMAIL2 is longer than EMAIL1, shipping lines longer than billing lines."""
    long_email = [{"field": "EMAIL2", "email": "x" * 100}]
    contact_id = contact(keap, email_addresses=long_email, addresses=[{"field": "SHIPPING", "line1": "x" * 100}])

    assert emails(keap, contact_id) == {"EMAIL2": "x" * 100}
