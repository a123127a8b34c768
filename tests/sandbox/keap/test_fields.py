"""Which properties an answer shows."""

import httpx
import pytest

from tests.sandbox.keap.api import V2, company, contact, create, opportunity, read, refusal


def test_a_contact_shows_next_to_nothing_unless_asked(keap: httpx.Client) -> None:
    """Without `fields=` a contact is its id and names."""
    contact_id = contact(keap, family_name="Byron")

    assert read(keap, f"contacts/{contact_id}") == {"id": contact_id, "given_name": "Ada", "family_name": "Byron"}


def test_fields_select_what_a_contact_shows(keap: httpx.Client) -> None:
    """`fields=` names everything that is shown, the id apart."""
    shown = read(keap, f"contacts/{contact(keap)}", fields="update_time,phone_numbers")

    assert shown.keys() == {"id", "update_time", "phone_numbers"}


@pytest.mark.parametrize("fields", ["notes,update_time", ["notes", "update_time"]])
def test_fields_may_be_csv_or_repeated(keap: httpx.Client, fields: str | list[str]) -> None:
    """Both spellings of a list of names are taken."""
    assert read(keap, f"companies/{company(keap)}", fields=fields).keys() == {"id", "notes", "update_time"}


def test_a_company_leaves_contact_points_times_and_custom_fields_out(keap: httpx.Client) -> None:
    """The vendor's list of properties that are not shown by default."""
    shown = read(keap, f"companies/{company(keap)}")

    omitted = {"notes", "fax_number", "address", "email_address", "phone_number", "update_time", "create_time", "custom_fields"}
    assert not shown.keys() & omitted
    assert {"id", "company_name", "website", "last_updated_by"} <= shown.keys()


def test_fields_add_to_what_an_opportunity_shows(keap: httpx.Client) -> None:
    """For opportunities the parameter names optional properties only."""
    path = f"opportunities/{opportunity(keap)}"
    usual = read(keap, path)

    assert "custom_fields" not in usual
    assert read(keap, path, fields="custom_fields").keys() == usual.keys() | {"custom_fields"}


def test_an_unknown_field_is_refused(keap: httpx.Client) -> None:
    """A name that is no property is a 400."""
    assert "shoe_size" in refusal(keap.get(f"{V2}/contacts", params={"fields": "id,shoe_size"}))


def test_answers_to_writes_take_fields_too(keap: httpx.Client) -> None:
    """A client can have its read-back in the answer to the write."""
    body = {"given_name": "Ada", "phone_numbers": [{"number": "1", "field": "PHONE1"}]}

    assert create(keap, "contacts", body, fields="phone_numbers")["phone_numbers"][0]["number"] == "1"


def test_unset_values_are_null_empty_or_missing(keap: httpx.Client) -> None:
    """The three ways in which Keap says nothing."""
    shown = read(keap, f"contacts/{contact(keap)}", fields="family_name,job_title,company,phone_numbers")

    assert shown["family_name"] == ""
    assert shown["job_title"] is None
    assert shown["phone_numbers"] == []
    assert "company" not in shown
