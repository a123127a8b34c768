"""Companies: single objects that keep what is not ours when they are written."""

from __future__ import annotations

from connectors.keap import KeapConnector
from schemas.flows import Fields
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant

WHOLE: Fields = {
    "company_name": "Analytical Engines",
    "email_address.email": "office@example.com",
    "phone_number.number": "480 555 0100",
    "phone_number.extension": "12",
    "fax_number.number": "480 555 0109",
    "website": "https://example.com",
    "notes": "Pays late.\nAsk Ada.",
    "address.line1": "1 Main St",
    "address.line2": "Suite 2",
    "address.locality": "Chandler",
    "address.region_code": "US-AZ",
    "address.postal_code": "85224",
    "address.country_code": "USA",
}


def test_every_property_goes_in_and_comes_back(keap: KeapConnector, run: Run):
    """By the answer, by a read and in a list, although Keap shows little of it by default."""
    created = run(keap.create("company", WHOLE, stamp="link-1", key="k"))
    expected = {**WHOLE, "custom_fields.keapsync id": "link-1"}
    assert created.fields == expected
    assert run(keap.get("company", created.id)).fields == expected
    assert run(keap.page("company", since=None, cursor=None)).records[0].fields == expected


def test_clearing_everything_leaves_the_name(keap: KeapConnector, run: Run):
    """Objects whose last key goes are cleared whole."""
    created = run(keap.create("company", WHOLE, stamp=None, key="k"))
    cleared: Fields = {name: None for name in WHOLE if name != "company_name"}
    assert run(keap.update("company", created, cleared)).fields == {
        **cleared,
        "company_name": WHOLE["company_name"],
        "custom_fields.keapsync id": None,
    }


def test_a_phones_type_survives_a_new_number(tenant: Tenant, keap: KeapConnector, run: Run):
    """What we do not carry is kept."""
    phone = {"number": "1", "extension": "7", "type": "Main"}
    (id_,) = tenant.seed(companies=[{"company_name": "C", "phone_number": phone}])["companies"]
    run(keap.update("company", run(keap.get("company", id_)), {"phone_number.number": "2"}))
    shown = tenant.show(f"companies/{id_}", "phone_number")["phone_number"]
    assert (shown["number"], shown["extension"], shown["type"]) == ("2", "7", "Main")


def test_a_zip_stays_a_zip(tenant: Tenant, keap: KeapConnector, run: Run):
    """The postal code is read joined and written where the record has it; one that is no ZIP moves to postal_code."""
    address = {"zip_code": "85224", "zip_four": "1234", "country_code": "USA", "region": "Arizona"}
    (id_,) = tenant.seed(companies=[{"company_name": "C", "address": address}])["companies"]
    record = run(keap.get("company", id_))
    assert (record.fields["address.postal_code"], record.fields["address.region_code"]) == ("85224-1234", "Arizona")
    record = run(keap.update("company", record, {"address.postal_code": "85001"}))
    shown = tenant.show(f"companies/{id_}", "address")["address"]
    assert (shown["zip_code"], shown["zip_four"], shown["postal_code"], shown["region"]) == ("85001", None, None, "Arizona")
    run(keap.update("company", record, {"address.postal_code": "SW1A 1AA", "address.region_code": "US-NV"}))
    shown = tenant.show(f"companies/{id_}", "address")["address"]
    assert (shown["zip_code"], shown["postal_code"]) == (None, "SW1A 1AA")
    assert (shown["region"], shown["region_code"]) == (None, "US-NV")
