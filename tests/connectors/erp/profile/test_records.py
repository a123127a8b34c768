"""Names, ids, times and amounts of another taste, in and out."""

from __future__ import annotations

import time

import pytest
from msgspec.structs import replace

from connectors.erp import ErpConnector
from connectors.erp.profile.names import properties
from connectors.erp.profile.shape import Envelope
from sandbox.ledger.server import DEFAULT_TOKEN
from schemas.errors import AmbiguousError, FatalError, GoneError, RejectedError
from schemas.flows import Fields, Flow
from tests.connectors.conftest import Run
from tests.connectors.erp.profile.conftest import Connect, Ledger, profile
from tests.connectors.erp.test_records import CONTACT, CUSTOMER, ORDER, PRODUCT

KNOWN = properties(profile())
SAMPLES: dict[Flow, Fields] = {"company": CUSTOMER, "contact": CONTACT, "opportunity": ORDER, "product": PRODUCT}
NUMBERS = {"credit_limit", "amount_estimate", "amount_estimate_low", "total_amount", "unit_price", "weight"}


def sample(ledger: Ledger, flow: Flow) -> Fields:
    """Return every property the ledger has, with ids that exist."""
    fields = {name: value for name, value in SAMPLES[flow].items() if name in KNOWN[flow]}
    if flow == "opportunity":
        fields |= {"contact_id": ledger.add("people", familyName="Lee"), "customer_id": None}
    return fields | ({"customer_id": ledger.add("parties", legalName="Firm")} if flow == "contact" else {})


@pytest.mark.parametrize("flow", SAMPLES)
def test_every_property_goes_in_and_comes_back(ledger: Ledger, connect: Connect, run: Run, flow: Flow):
    """By the answer and by a read, under our names; amounts by value, for their zeros are not kept."""
    erp = connect()
    wanted = sample(ledger, flow)
    created = run(erp.create(flow, wanted, stamp="link-1", key="k"))
    shown = run(erp.get(flow, created.id)).fields
    assert created.fields == shown
    for name, value in wanted.items():
        if name in NUMBERS and value is not None:
            assert float(str(shown[name])) == float(str(value)), name
        else:
            assert shown[name] == value, name


def test_what_is_written_has_their_names_and_types(ledger: Ledger, connect: Connect, run: Run):
    """Nested where they nest, ids as numbers, amounts as numbers."""
    erp = connect()
    firm = ledger.add("parties", legalName="Firm")
    fields: Fields = {"first_name": "Ann", "customer_id": firm, "billing_address.city": "Lund", "birth_date": "1970-01-02"}
    person = run(erp.create("contact", fields, stamp=None, key="k"))
    shown = ledger.show("people", person.id)
    assert (shown["givenName"], shown["employer"], shown["invoiceAddress"]) == ("Ann", {"partyId": int(firm)}, {"town": "Lund"})
    limit = run(erp.create("company", {"name": "Firm", "credit_limit": "12.50", "organization_number": "5"}, stamp=None, key="k"))
    assert (ledger.show("parties", limit.id)["creditLimit"], ledger.show("parties", limit.id)["registration"]) == (12.5, {"number": "5"})
    assert run(erp.get("company", limit.id)).fields["credit_limit"] == "12.5"


def test_meta_is_read_in_whole_seconds(ledger: Ledger, connect: Connect, run: Run):
    """No version; times in ms; what they say is rounded by up to a second."""
    erp = connect()
    made = run(erp.get("company", ledger.add("parties", legalName="Firm")))
    assert (made.version, made.deleted, made.updated_by) == (None, False, None)
    assert made.created_at == made.updated_at
    assert abs((made.created_at or 0) - time.time() * 1000) < 60_000
    assert erp.traits("company").rounded_ms == 1000


def test_an_update_changes_only_what_is_named(ledger: Ledger, connect: Connect, run: Run):
    """One line of an address, a clear, and the rest as it was."""
    erp = connect()
    made = run(erp.create("company", {"name": "Firm", "notes": "n", "billing_address.city": "Lund"}, stamp=None, key="k"))
    written = run(erp.update("company", made, {"billing_address.country": "SE", "notes": None}))
    assert written.fields == {**made.fields, "billing_address.country": "SE", "notes": None}


def test_a_property_of_its_own_can_be_named(ledger: Ledger, connect: Connect, run: Run):
    """And one it has not, cannot."""
    erp = connect()
    made = run(erp.create("company", {"name": "Firm", "credit_rating": "AA"}, stamp=None, key="k"))
    assert ledger.show("parties", made.id)["creditRating"] == "AA"
    with pytest.raises(RejectedError, match="no writable property vat_number"):
        run(erp.create("company", {"name": "Firm", "vat_number": "x"}, stamp=None, key="k"))


def test_refusals_and_absences_are_told_apart(ledger: Ledger, connect: Connect, run: Run):
    """422 in their words, 404 of a record, a wrong key."""
    erp = connect()
    with pytest.raises(RejectedError, match="legalName is missing"):
        run(erp.create("company", {"notes": "n"}, stamp=None, key="k"))
    made = run(erp.create("company", {"name": "Firm"}, stamp=None, key="k"))
    ledger.drop("parties", made.id)
    for call in (erp.get("company", made.id), erp.update("company", made, {"notes": "n"})):
        with pytest.raises(GoneError):
            run(call)
    ledger.switch("faults", reject_token=True)
    with pytest.raises(FatalError, match="credentials refused"):
        run(erp.get("company", made.id))


def test_a_create_that_cannot_be_read_back_is_ambiguous(ledger: Ledger, connect: Connect, run: Run):
    """It is answered with an id alone; the record was made, so nobody may simply make it again."""
    erp = connect()
    ledger.switch("faults", methods=["GET"], error_before=1.0)
    with pytest.raises(AmbiguousError, match="created, and not shown"):
        run(erp.create("company", {"name": "Firm"}, stamp=None, key="k"))


@pytest.mark.parametrize(
    ("envelope", "words"),
    [(Envelope(items="rows", record="data"), "no list at 'rows'"), (Envelope(items="data", record="row"), "a record without id")],
)
def test_a_profile_that_does_not_fit_is_told_by_the_check(ledger: Ledger, run: Run, envelope: Envelope, words: str):
    """Lists and records are both tried."""
    ledger.add("parties", legalName="Firm")
    erp = ErpConnector(ledger.url, DEFAULT_TOKEN, profile=replace(profile(), envelope=envelope))
    (fault,) = run(erp.check())
    run(erp.close())
    assert words in fault
