"""A contact's company, and an opportunity's contact, stage and user."""

from typing import Any

import httpx
import pytest

from tests.sandbox.keap.api import V2, company, contact, opportunity, patch, read, refusal


def linked(keap: httpx.Client, contact_id: str) -> Any:
    """Read a contact's company; None when the property is missing."""
    return read(keap, f"contacts/{contact_id}", fields="company").get("company")


def test_a_contacts_company_is_shown_with_its_name(keap: httpx.Client) -> None:
    """And with the name it has now."""
    company_id = company(keap, company_name="Old name")
    contact_id = contact(keap, company={"id": company_id})
    patch(keap, f"companies/{company_id}", {"company_name": "New name"})

    assert linked(keap, contact_id) == {"id": company_id, "company_name": "New name"}


@pytest.mark.parametrize("company_value", [None, {"id": ""}, {}])
def test_unlinking_by_value(keap: httpx.Client, company_value: Any) -> None:
    """Every plausible spelling unlinks."""
    contact_id = contact(keap, company={"id": company(keap)})

    patch(keap, f"contacts/{contact_id}", {"company": company_value}, mask="company")

    assert linked(keap, contact_id) is None


def test_unlinking_by_mask(keap: httpx.Client) -> None:
    """Masked and missing."""
    contact_id = contact(keap, company={"id": company(keap)})

    patch(keap, f"contacts/{contact_id}", {}, mask="company")

    assert linked(keap, contact_id) is None


def test_a_deleted_company_is_no_longer_linked(keap: httpx.Client) -> None:
    """The contact stays."""
    company_id = company(keap)
    contact_id = contact(keap, company={"id": company_id})
    assert keap.delete(f"{V2}/companies/{company_id}").status_code == 204

    assert linked(keap, contact_id) is None


def test_companies_and_contacts_share_their_ids(keap: httpx.Client) -> None:
    """A company is a row of the contacts' table: no id means both."""
    company_id, contact_id = company(keap), contact(keap)

    assert keap.get(f"{V2}/contacts/{company_id}").status_code == 404
    assert keap.get(f"{V2}/companies/{contact_id}").status_code == 404
    assert company_id != contact_id


def test_an_opportunity_reads_nested_and_writes_flat(keap: httpx.Client) -> None:
    """contact, stage and user against contact_id, stage_id and user_id."""
    contact_id = contact(keap, family_name="Byron", company={"id": company(keap, company_name="Engines")})
    opportunity_id = opportunity(keap, contact_id=contact_id, user_id="1")
    patch(keap, f"opportunities/{opportunity_id}", {"stage_id": "4"}, mask="stage_id")

    shown = read(keap, f"opportunities/{opportunity_id}")

    assert shown["contact"].items() >= {"id": contact_id, "last_name": "Byron", "company_name": "Engines"}.items()
    assert (shown["stage"]["id"], shown["stage"]["name"]) == ("4", "Won")
    assert shown["user"] == {"id": "1", "first_name": "Sales", "last_name": "Desk"}
    assert not shown.keys() & {"contact_id", "stage_id", "user_id"}


def test_a_list_leaves_the_stages_details_out(keap: httpx.Client) -> None:
    """They come only with one opportunity."""
    opportunity_id = opportunity(keap)

    listed = read(keap, "opportunities", filter=f"ids=={opportunity_id}")["opportunities"][0]

    assert listed["stage"] == {"id": "1", "name": "New Opportunity"}
    assert "details" in read(keap, f"opportunities/{opportunity_id}")["stage"]


@pytest.mark.parametrize(
    "fields",
    [{"contact_id": "999999999"}, {"stage_id": "99"}, {"user_id": "99"}, {"contact_id": None}, {"stage_id": ""},
     {"opportunity_title": None}, {"contact": {"id": "1"}}, {"stage_id": 1}],
)  # fmt: skip
def test_an_opportunity_needs_a_title_a_contact_and_a_stage_that_exist(keap: httpx.Client, fields: dict[str, Any]) -> None:
    """And ids are strings, given flat."""
    body = {"opportunity_title": "Deal", "contact_id": contact(keap), "stage_id": "1", **fields}

    assert next(iter(fields)) in refusal(keap.post(f"{V2}/opportunities", json=body))


def test_a_contact_needs_a_contact_point(keap: httpx.Client) -> None:
    """A name is not enough."""
    assert "e-mail" in refusal(keap.post(f"{V2}/contacts", json={"given_name": "Ada"}))


def test_a_contacts_company_must_exist(keap: httpx.Client) -> None:
    """And must be a company."""
    body = {"phone_numbers": [{"number": "1"}], "company": {"id": contact(keap)}}

    assert "company" in refusal(keap.post(f"{V2}/contacts", json=body))
