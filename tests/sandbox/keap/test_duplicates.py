"""`duplicate_option` on the creation of contacts."""

import httpx
import pytest

from tests.sandbox.keap.api import V2, contact, read, refusal, unique


@pytest.mark.parametrize(
    ("option", "given_name", "status"),
    [(None, "Ada", 201), ("Email", "Augusta", 200), ("EmailAndName", "Augusta", 201), ("EmailAndName", "Ada", 200)],
)
def test_a_match_is_updated_instead(keap: httpx.Client, option: str | None, given_name: str, status: int) -> None:
    """Without the option a contact is always added."""
    emails = [{"field": "EMAIL1", "email": f"{unique()}@example.com"}]
    contact_id = contact(keap, email_addresses=emails)

    response = keap.post(
        f"{V2}/contacts",
        params={"duplicate_option": option} if option else {},
        json={"given_name": given_name, "email_addresses": emails, "job_title": "Analyst"},
    )

    assert response.status_code == status
    assert (response.json()["id"] == contact_id) is (status == 200)
    job_title = read(keap, f"contacts/{contact_id}", fields="job_title")["job_title"]
    assert job_title == ("Analyst" if status == 200 else None)


def test_an_unknown_option_is_refused(keap: httpx.Client) -> None:
    """Only the three that SPEC names."""
    body = {"email_addresses": [{"email": "ada@example.com"}]}

    assert "duplicate_option" in refusal(keap.post(f"{V2}/contacts", json=body, params={"duplicate_option": "Phone"}))
