"""Custom fields and the model that names them."""

import httpx
import pytest

from tests.sandbox.keap.api import V2, company, contact, patch, read, refusal, unique


def stamp_field(keap: httpx.Client, entity: str) -> str:
    """Find the id of the tenant's own field by its label."""
    fields = read(keap, f"{entity}/model")["custom_fields"]
    return next(str(field["id"]) for field in fields if field["label"] == "keapsync id")


def test_the_tenant_has_a_text_field_for_stamps_on_three_entities(keap: httpx.Client) -> None:
    """Each entity's has an id of its own."""
    ids = {stamp_field(keap, entity) for entity in ("companies", "contacts", "opportunities")}

    assert len(ids) == 3


def test_a_model_lists_what_is_shown_only_on_request(keap: httpx.Client) -> None:
    """And names no field but by label: field_name is null in v2 (OBS)."""
    model = read(keap, "contacts/model")

    assert {"email_addresses", "company", "custom_fields", "update_time"} <= set(model["optional_properties"])
    assert model["custom_fields"][0]["field_name"] is None


def test_every_defined_field_is_listed_with_null_where_unset(keap: httpx.Client) -> None:
    """So a client cannot tell unset from null."""
    shown = read(keap, f"companies/{company(keap)}", fields="custom_fields")["custom_fields"]

    assert {"id": stamp_field(keap, "companies"), "content": None} in shown


def test_writing_one_field_wipes_the_others(own_keap: httpx.Client) -> None:
    """The list is replaced, like any other."""
    made = own_keap.post(f"{V2}/contacts/model/customFields", json={"label": "Rank", "field_type": "WHOLE_NUMBER"})
    assert made.status_code == 201
    stamp, rank = stamp_field(own_keap, "contacts"), made.json()["id"]
    contact_id = contact(own_keap, custom_fields=[{"id": stamp, "content": "x"}, {"id": rank, "content": 7}])

    patch(own_keap, f"contacts/{contact_id}", {"custom_fields": [{"id": rank, "content": 8}]})

    shown = read(own_keap, f"contacts/{contact_id}", fields="custom_fields")["custom_fields"]
    assert shown == [{"id": stamp, "content": None}, {"id": rank, "content": 8}]


@pytest.mark.parametrize("content", [7, "x" * 65536, ["a"]])
def test_a_text_field_takes_text_of_65535_characters(keap: httpx.Client, content: object) -> None:
    """Nothing else."""
    body = {"company_name": unique(), "custom_fields": [{"id": stamp_field(keap, "companies"), "content": content}]}

    assert "keapsync id" in refusal(keap.post(f"{V2}/companies", json=body))


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"field_type": "TEXT"}, "label is required"),
        ({"label": "Rank"}, "field_type is required"),
        ({"label": "Rank", "field_type": "NUMBER"}, "field_type must be one of CURRENCY, DATE"),
        ({"label": "R" * 256, "field_type": "TEXT"}, "label must not be longer than 255"),
        ({"label": "Rank", "field_type": "TEXT", "id": "1"}, "unknown or read-only property id"),
    ],
)
def test_a_field_needs_a_label_and_a_type(keap: httpx.Client, body: dict[str, str], reason: str) -> None:
    """Of the types there are (SPEC)."""
    assert reason in refusal(keap.post(f"{V2}/companies/model/customFields", json=body))


def test_a_field_can_be_renamed_and_deleted(own_keap: httpx.Client) -> None:
    """Its contents keep their id, and go with it."""
    made = own_keap.post(f"{V2}/companies/model/customFields", json={"label": "Rank", "field_type": "WHOLE_NUMBER"}).json()
    company_id = company(own_keap, custom_fields=[{"id": made["id"], "content": 7}])
    path = f"{V2}/companies/model/customFields/{made['id']}"
    assert own_keap.patch(path, json={"label": "Grade"}).json()["label"] == "Grade"
    assert {"id": made["id"], "content": 7} in read(own_keap, f"companies/{company_id}", fields="custom_fields")["custom_fields"]

    assert own_keap.delete(path).status_code == 204
    assert own_keap.delete(path).status_code == 404
    shown = read(own_keap, f"companies/{company_id}", fields="custom_fields")["custom_fields"]
    assert made["id"] not in [each["id"] for each in shown]


def test_a_field_of_another_entity_is_refused(keap: httpx.Client) -> None:
    """Ids belong to one model."""
    body = {"company_name": unique(), "custom_fields": [{"id": stamp_field(keap, "contacts"), "content": "x"}]}

    assert "there is no field" in refusal(keap.post(f"{V2}/companies", json=body))
