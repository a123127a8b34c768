"""PATCH and `update_mask`."""

import httpx
import pytest

from tests.sandbox.keap.api import V2, company, contact, opportunity, patch, read, refusal

FIELDS = "job_title,middle_name,website,update_time"


def test_only_masked_properties_change(keap: httpx.Client) -> None:
    """What stands in the body beside the mask is left alone."""
    path = f"contacts/{contact(keap, job_title='Poet')}"

    patch(keap, path, {"job_title": "Analyst", "middle_name": "King"}, mask="middle_name")

    shown = read(keap, path, fields=FIELDS)
    assert (shown["job_title"], shown["middle_name"]) == ("Poet", "King")


def test_a_masked_property_missing_from_the_body_is_cleared(keap: httpx.Client) -> None:
    """The mask says what changes, the body says to what."""
    path = f"contacts/{contact(keap, job_title='Poet', middle_name='King')}"

    patch(keap, path, {}, mask="job_title,middle_name")

    shown = read(keap, path, fields=FIELDS)
    assert (shown["job_title"], shown["middle_name"]) == (None, None)


@pytest.mark.parametrize("mask", ["job_title,website", ["job_title", "website"]])
def test_the_mask_may_be_csv_or_repeated(keap: httpx.Client, mask: str | list[str]) -> None:
    """Both spellings of a list of names are taken."""
    path = f"contacts/{contact(keap)}"

    patch(keap, path, {"job_title": "Poet", "website": "https://example.com"}, mask=mask)

    shown = read(keap, path, fields=FIELDS)
    assert (shown["job_title"], shown["website"]) == ("Poet", "https://example.com")


@pytest.mark.parametrize("cleared", [None, ""])
def test_null_and_the_empty_string_clear(keap: httpx.Client, cleared: str | None) -> None:
    """Without a mask everything in the body changes."""
    path = f"contacts/{contact(keap, job_title='Poet', middle_name='King')}"

    patch(keap, path, {"job_title": cleared})

    shown = read(keap, path, fields=FIELDS)
    assert (shown["job_title"], shown["middle_name"]) == (None, "King")


def test_an_unknown_name_in_the_mask_is_refused(keap: httpx.Client) -> None:
    """Paths into an object are unknown names as well."""
    path = f"{V2}/companies/{company(keap)}"

    assert "shoe_size" in refusal(keap.patch(path, json={}, params={"update_mask": "shoe_size"}))
    assert "address.line1" in refusal(keap.patch(path, json={}, params={"update_mask": "address.line1"}))


def test_read_only_names_in_a_mask_have_no_effect(keap: httpx.Client) -> None:
    """The enum of SPEC lists them for companies and contacts: noise."""
    contact_id = contact(keap)

    assert patch(keap, f"contacts/{contact_id}", {}, mask="id,create_time,notes")["id"] == contact_id


def test_required_properties_cannot_be_cleared(keap: httpx.Client) -> None:
    """Neither by value nor by mask."""
    path = f"{V2}/opportunities/{opportunity(keap)}"

    assert "opportunity_title" in refusal(keap.patch(path, json={"opportunity_title": ""}))
    assert "stage_id" in refusal(keap.patch(path, json={}, params={"update_mask": "stage_id"}))


def test_a_patch_that_changes_nothing_leaves_the_time_of_change(keap: httpx.Client) -> None:
    """The same values again are no change."""
    path = f"contacts/{contact(keap, job_title='Poet')}"
    first = patch(keap, path, {"job_title": "Analyst"}, fields="update_time")

    again = patch(keap, path, {"job_title": "Analyst"}, fields="update_time")

    assert again == first
