"""Opportunities: read nested, written flat, money in major units without floats."""

from __future__ import annotations

import pytest

from connectors.base import Record
from connectors.keap import KeapConnector
from schemas.errors import RejectedError
from schemas.flows import Fields
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

PHONE = {"phone_numbers": [{"field": "PHONE1", "number": "1"}]}
PLAIN: Fields = {
    "opportunity_title": "Engine no. 2",
    "stage.name": "Proposal",
    "estimated_close_time": "2026-03-01T00:00:00.000Z",
    "next_action_time": "2026-02-01T09:30:00.000Z",
    "next_action_notes": "Call",
    "opportunity_notes": "Steam",
    "projected_revenue_high": "12345678901.25",
    "projected_revenue_low": "0.1",
    "include_in_forecast": True,
}


@pytest.fixture
def created(tenant: Tenant, keap: KeapConnector, run: Run) -> Record:
    """One opportunity of one contact."""
    (contact,) = tenant.seed(contacts=[PHONE])["contacts"]
    return run(keap.create("opportunity", {**PLAIN, "contact.id": contact}, stamp="link-1", key="k"))


def test_every_property_goes_in_and_comes_back(created: Record, keap: KeapConnector, run: Run):
    """Stage by name, contact by id, revenue to the digit."""
    expected = {**PLAIN, "contact.id": created.fields["contact.id"], "custom_fields.keapsync id": "link-1"}
    assert expected.items() <= created.fields.items()
    read = run(keap.get("opportunity", created.id))
    assert expected.items() <= read.fields.items()
    assert read.fields["created_time"] is not None
    assert run(keap.page("opportunity", since=None, cursor=None)).records[0].fields == read.fields


def test_the_stage_moves_by_name(created: Record, tenant: Tenant, keap: KeapConnector, run: Run):
    """Names compare without case; the id is the connector's business."""
    updated = run(keap.update("opportunity", created, {"stage.name": "won"}))
    assert updated.fields["stage.name"] == "Won"
    assert tenant.show(f"opportunities/{created.id}")["stage"]["name"] == "Won"


def test_a_stage_that_keap_does_not_have_is_refused_before_the_call(created: Record, tenant: Tenant, keap: KeapConnector, run: Run):
    """The message lists what there is."""
    before = len(tenant.log())
    with pytest.raises(RejectedError, match="no stage 'Perhaps'; it has New Opportunity"):
        run(keap.update("opportunity", created, {"stage.name": "Perhaps"}))
    assert len(tenant.log()) == before


def test_another_contact_can_be_named(created: Record, tenant: Tenant, keap: KeapConnector, run: Run):
    """Read under contact.id, written as contact_id."""
    (other,) = tenant.seed(contacts=[PHONE])["contacts"]
    assert run(keap.update("opportunity", created, {"contact.id": other})).fields["contact.id"] == other


def test_revenue_and_notes_can_be_cleared(created: Record, keap: KeapConnector, run: Run):
    """A null in the mask empties."""
    cleared = dict.fromkeys(["projected_revenue_high", "opportunity_notes", "next_action_time"])
    updated = run(keap.update("opportunity", created, cleared))
    assert [updated.fields[name] for name in cleared] == [None, None, None]


def test_what_the_server_computes_cannot_be_written(created: Record, keap: KeapConnector, run: Run):
    """created_time is read only."""
    with pytest.raises(RejectedError, match="no writable property created_time"):
        run(keap.update("opportunity", created, {"created_time": "2026-01-01T00:00:00.000Z"}))


def test_a_revenue_that_is_no_number_is_refused(created: Record, keap: KeapConnector, run: Run):
    """Before the call, with the value."""
    with pytest.raises(RejectedError, match="'much' is no number"):
        run(keap.update("opportunity", created, {"projected_revenue_low": "much"}))
