"""Custom fields: labels for people, ids for Keap, contents by type."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from connectors.keap import KeapConnector
from connectors.keap.custom_fields import value_of
from schemas.errors import RejectedError
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

NAME = {"company_name": "C"}


def define(tenant: Tenant, label: str, field_type: str) -> None:
    """Add a custom field to companies."""
    body = {"label": label, "field_type": field_type}
    tenant.http.post("/rest/v2/companies/model/customFields", json=body).raise_for_status()


@pytest.mark.parametrize(
    ("field_type", "value"),
    [
        ("TEXT", "x"),
        ("WHOLE_NUMBER", 30),
        ("DECIMAL_NUMBER", "12.5"),
        ("DECIMAL_NUMBER", "500"),
        ("CURRENCY", "1000.05"),
        ("PERCENT", "25"),
        ("YES_NO", True),
        ("YES_NO", False),
        ("DATE", "2026-03-29"),
        ("DATE_TIME", "2026-03-29T01:00:00.000Z"),
        ("LIST_BOX", "a,b"),
    ],
)
def test_contents_go_in_and_come_back_by_type(tenant: Tenant, keap: KeapConnector, run: Run, field_type: str, value: Any):
    """Numbers are numbers to Keap, choices are lists."""
    define(tenant, "Extra", field_type)
    created = run(keap.create("company", {**NAME, "custom_fields.Extra": value}, stamp="s", key="k"))
    assert created.fields["custom_fields.Extra"] == value
    assert run(keap.get("company", created.id)).fields["custom_fields.Extra"] == value


@pytest.mark.parametrize(("value", "text"), [(True, "true"), (30, "30"), ("12.5", "12.5")])
def test_a_text_field_takes_any_value(tenant: Tenant, keap: KeapConnector, run: Run, value: Any, text: str):
    """A field that somebody made as text does for numbers and switches, too."""
    define(tenant, "Extra", "TEXT")
    assert run(keap.create("company", {**NAME, "custom_fields.Extra": value}, stamp=None, key="k")).fields["custom_fields.Extra"] == text


def test_a_value_that_is_not_of_its_fields_type_is_refused(tenant: Tenant, keap: KeapConnector, run: Run):
    """Before a call is made."""
    define(tenant, "Extra", "CURRENCY")
    with pytest.raises(RejectedError, match="'much' is no number"):
        run(keap.create("company", {**NAME, "custom_fields.Extra": "much"}, stamp=None, key="k"))


@pytest.mark.parametrize("change", ["rename", "delete"])
def test_a_field_that_is_not_there_any_more_is_not_told_of(
    tenant: Tenant, keap: KeapConnector, run: Run, monkeypatch: pytest.MonkeyPatch, change: str
):
    """Nobody cleared it: its path is missing, where an unset field's is None."""
    monkeypatch.setattr("connectors.keap.directory.REFRESH_S", 0)
    define(tenant, "Extra", "TEXT")
    created = run(keap.create("company", {**NAME, "custom_fields.Extra": "x"}, stamp="s", key="k"))
    model = tenant.show("companies/model")["custom_fields"]
    path = f"/rest/v2/companies/model/customFields/{next(one['id'] for one in model if one['label'] == 'Extra')}"
    if change == "delete":
        tenant.http.delete(path).raise_for_status()
    else:
        tenant.http.patch(path, json={"label": "Else"}).raise_for_status()
        define(tenant, "Newer", "TEXT")  # by which the model's age shows
    fields = run(keap.get("company", created.id)).fields
    assert "custom_fields.Extra" not in fields
    assert fields["custom_fields.keapsync id"] == "s"


def test_writing_one_field_keeps_the_others(tenant: Tenant, keap: KeapConnector, run: Run):
    """One field sent alone would wipe the rest, the stamp among them."""
    define(tenant, "Extra", "TEXT")
    created = run(keap.create("company", NAME, stamp="link-1", key="k"))
    updated = run(keap.update("company", created, {"custom_fields.Extra": "x"}))
    assert (updated.fields["custom_fields.Extra"], updated.fields["custom_fields.keapsync id"]) == ("x", "link-1")
    cleared = run(keap.update("company", updated, {"custom_fields.Extra": None}))
    assert (cleared.fields["custom_fields.Extra"], cleared.fields["custom_fields.keapsync id"]) == (None, "link-1")


def test_a_field_added_later_is_found(tenant: Tenant, keap: KeapConnector, run: Run, monkeypatch: pytest.MonkeyPatch):
    """The model is read again when a record or a mapping names what is not known."""
    monkeypatch.setattr("connectors.keap.directory.REFRESH_S", 0)
    created = run(keap.create("company", NAME, stamp=None, key="k"))
    define(tenant, "Later", "TEXT")
    assert "custom_fields.Later" in run(keap.get("company", created.id)).fields
    define(tenant, "Latest", "TEXT")
    assert run(keap.update("company", created, {"custom_fields.Latest": "x"})).fields["custom_fields.Latest"] == "x"


def test_a_label_that_keap_does_not_have_is_refused(keap: KeapConnector, run: Run):
    """Naming the label."""
    with pytest.raises(RejectedError, match="no custom field labelled 'Nowhere'"):
        run(keap.create("company", {**NAME, "custom_fields.Nowhere": "x"}, stamp=None, key="k"))


def test_a_missing_stamp_field_stops_the_create(tenant: Tenant, run: Run):
    """A record without its stamp could be made twice."""
    keap = KeapConnector(tenant.url, "keap-sandbox-token", per_second=10**6, stamp_field="no such")
    with pytest.raises(RejectedError, match="'no such'"):
        run(keap.create("company", NAME, stamp="link-1", key="k"))
    run(keap.close())
    assert tenant.log() == []


@pytest.mark.parametrize(
    ("content", "value"), [(None, None), ("", None), ([], None), ({"odd": 1}, "{'odd': 1}"), (["a", 2], "a,2"), (0, 0), (False, False)]
)
def test_any_content_can_be_read(content: Any, value: Any):
    """Untyped means untyped."""
    assert value_of(content) == value


@pytest.mark.parametrize(
    ("field_type", "content", "value"),
    [
        ("CURRENCY", 500, "500"),
        ("CURRENCY", "much", "much"),
        ("YES_NO", 1, True),
        ("YES_NO", "0", False),
        ("YES_NO", "Yes", True),
        ("YES_NO", "perhaps", "perhaps"),
        ("DATE", "2026-03-29T00:00:00.000Z", "2026-03-29"),
        ("DATE_TIME", "2026-03-29T03:00:00+02:00", "2026-03-29T01:00:00.000Z"),
    ],
)
def test_a_typed_content_reads_as_its_type(field_type: str, content: Any, value: Any):
    """However it is spelled; what is not of its type stays as it is, for the mapping to complain of."""
    assert value_of(content, field_type) == value


def test_the_model_is_read_once_however_many_ask(tenant: Tenant, keap: KeapConnector, run: Run):
    """Side by side, too: names cost one call."""
    (id_,) = tenant.seed(companies=[NAME])["companies"]

    async def crowd() -> None:
        await asyncio.gather(*(keap.get("company", id_) for _ in range(5)))

    run(crowd())
    assert keap.calls == 5 + 1
