"""Contacts: next to nothing shown by default, lists by slot that a PATCH replaces whole."""

from __future__ import annotations

import pytest

from connectors.keap import KeapConnector
from schemas.errors import RejectedError
from schemas.flows import Fields
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

WHOLE: Fields = {
    "given_name": "Ada",
    "family_name": "Byron",
    "middle_name": "King",
    "prefix": "Lady",
    "suffix": "PhD",
    "preferred_name": "A.",
    "job_title": "Analyst",
    "email_addresses.EMAIL1.email": "ada@example.com",
    "email_addresses.EMAIL2.email": "ada+2@example.com",
    "email_addresses.EMAIL3.email": "ada3@example.com",
    "phone_numbers.PHONE1.number": "(480) 555-0101",
    "phone_numbers.PHONE2.number": "480 555 0102",
    "phone_numbers.PHONE3.number": "+14805550103",
    "fax_numbers.FAX1.number": "480 555 0104",
    "addresses.BILLING.line1": "1 Main St",
    "addresses.BILLING.line2": "Suite 2",
    "addresses.BILLING.locality": "Chandler",
    "addresses.BILLING.region_code": "US-AZ",
    "addresses.BILLING.postal_code": "85224-1234",
    "addresses.BILLING.country_code": "USA",
    "addresses.SHIPPING.line1": "Storgatan 1",
    "addresses.SHIPPING.line2": None,
    "addresses.SHIPPING.locality": "Ystad",
    "addresses.SHIPPING.region_code": "Skåne",
    "addresses.SHIPPING.postal_code": "271 31",
    "addresses.SHIPPING.country_code": "SWE",
    "company.id": None,
    "birth_date": "1815-12-10",
    "website": "https://example.com",
    "preferred_locale": "en_US",
    "time_zone": "America/Phoenix",
    "contact_type": "Customer",
}


def test_every_property_goes_in_and_comes_back(keap: KeapConnector, run: Run):
    """What is created is what is shown, by the answer and by a read."""
    created = run(keap.create("contact", WHOLE, stamp="link-1", key="k"))
    expected = {**WHOLE, "custom_fields.keapsync id": "link-1"}
    assert created.fields == expected
    assert run(keap.get("contact", created.id)).fields == expected


def test_changing_one_slot_leaves_the_others_and_their_attributes(tenant: Tenant, keap: KeapConnector, run: Run):
    """A PATCH replaces the list whole, so everything that was there goes back with the change."""
    phones = [
        {"field": "PHONE1", "number": "1", "extension": "11", "type": "Home"},
        {"field": "PHONE5", "number": "5", "type": "Other"},
    ]
    emails = [{"field": "EMAIL1", "email": "a@example.com", "opt_in_reason": "Signed a form"}]
    (id_,) = tenant.seed(contacts=[{"phone_numbers": phones, "email_addresses": emails}])["contacts"]
    base = run(keap.get("contact", id_))
    run(keap.update("contact", base, {"phone_numbers.PHONE1.number": "2", "email_addresses.EMAIL2.email": "b@example.com"}))
    shown = tenant.show(f"contacts/{id_}", "phone_numbers,email_addresses")
    assert [(p["field"], p["number"], p["extension"], p["type"]) for p in shown["phone_numbers"]] == [
        ("PHONE1", "2", "11", "Home"),
        ("PHONE5", "5", None, "Other"),
    ]
    assert [(e["field"], e["email"], e["opt_in_reason"]) for e in shown["email_addresses"]] == [
        ("EMAIL1", "a@example.com", "Signed a form"),
        ("EMAIL2", "b@example.com", None),
    ]


def test_consent_is_never_written(keap: KeapConnector, run: Run):
    """No property of consent can be named at all."""
    with pytest.raises(RejectedError, match="is_opt_in"):
        run(keap.create("contact", {"email_addresses.EMAIL1.is_opt_in": True}, stamp=None, key="k"))


def test_clearing_a_slot_removes_it(tenant: Tenant, keap: KeapConnector, run: Run):
    """An emptied slot is gone, the rest stays."""
    created = run(keap.create("contact", WHOLE, stamp=None, key="k"))
    gone = dict.fromkeys([*(name for name in WHOLE if name.startswith("addresses.SHIPPING.")), "email_addresses.EMAIL2.email"])
    updated = run(keap.update("contact", created, gone))
    assert updated.fields == {**WHOLE, **gone, "custom_fields.keapsync id": None}
    assert [one["field"] for one in tenant.show(f"contacts/{created.id}", "addresses")["addresses"]] == ["BILLING"]


def test_clearing_a_scalar_empties_it(keap: KeapConnector, run: Run):
    """A null named in the mask clears."""
    created = run(keap.create("contact", WHOLE, stamp=None, key="k"))
    updated = run(keap.update("contact", created, {"job_title": None, "birth_date": None}))
    assert (updated.fields["job_title"], updated.fields["birth_date"]) == (None, None)
    assert updated.fields["given_name"] == "Ada"


def test_the_company_is_linked_changed_and_unlinked(tenant: Tenant, keap: KeapConnector, run: Run):
    """By id both ways; a missing company reads as None."""
    one, two = tenant.seed(companies=[{"company_name": "One"}, {"company_name": "Two"}])["companies"]
    record = run(keap.create("contact", {"company.id": one, "phone_numbers.PHONE1.number": "1"}, stamp=None, key="k"))
    assert record.fields["company.id"] == one
    for company in (two, None):
        record = run(keap.update("contact", record, {"company.id": company}))
        assert record.fields["company.id"] == company
        assert run(keap.get("contact", record.id)).fields["company.id"] == company


def test_an_edit_beside_ours_survives(tenant: Tenant, keap: KeapConnector, run: Run):
    """Only members that change are in the mask."""
    record = run(keap.create("contact", WHOLE, stamp=None, key="k"))
    tenant.edit(f"contacts/{record.id}", job_title="Countess")
    updated = run(keap.update("contact", record, {"given_name": "Augusta"}))
    assert (updated.fields["given_name"], updated.fields["job_title"]) == ("Augusta", "Countess")


def test_nothing_to_change_is_no_call(tenant: Tenant, keap: KeapConnector, run: Run):
    """An empty update asks nobody."""
    record = run(keap.create("contact", WHOLE, stamp=None, key="k"))
    before = len(tenant.log())
    assert run(keap.update("contact", record, {})) == record
    assert len(tenant.log()) == before


def test_a_contact_without_a_contact_point_is_refused_in_keaps_words(keap: KeapConnector, run: Run):
    """The server's 400 is the dead letter's text."""
    with pytest.raises(RejectedError, match="must contain an e-mail"):
        run(keap.create("contact", {"given_name": "Nobody"}, stamp=None, key="k"))


def test_a_region_without_its_country_is_refused(keap: KeapConnector, run: Run):
    """Keap asks for country_code wherever a region is named."""
    fields: Fields = {"addresses.BILLING.line1": "1", "addresses.BILLING.region_code": "Skåne"}
    with pytest.raises(RejectedError, match="country_code is required"):
        run(keap.create("contact", fields, stamp=None, key="k"))
