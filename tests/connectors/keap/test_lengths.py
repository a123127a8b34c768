"""Keap's lengths (given_name 40, EMAIL1 75, EMAIL2 100, …): what the shipped mapping lets through is never too long for Keap."""

from __future__ import annotations

import pytest

from connectors.keap import KeapConnector
from schemas.flows import FLOWS, Fields, Flow
from streams.mapping.kinds.email import Email
from streams.mapping.kinds.phone import Phone
from streams.mapping.kinds.text import Text
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Row
from tests.connectors.conftest import Run
from tests.connectors.keap import test_companies, test_contacts, test_opportunities, test_products
from tests.connectors.keap.conftest import Tenant

MAPPING = load_mapping(None, MappingOptions())
LEAST: dict[Flow, Fields] = {
    "company": test_companies.WHOLE,
    "contact": test_contacts.WHOLE,
    "opportunity": test_opportunities.PLAIN,
    "product": test_products.WHOLE,
}


def longest(row: Row) -> str | None:
    """Return the longest value a row lets through to Keap, None where it knows no limit or keeps to a list of words."""
    match row.kind:
        case Email(length=int(length)):
            return "a" * (length - len("@example.com")) + "@example.com"
        case Phone(length=int(length)):
            return "1" * length
        case Text(length=int(length)):
            return "x" * length
        case _:
            return None


@pytest.mark.parametrize("flow", FLOWS)
def test_the_longest_text_of_every_row_is_taken_by_keap(tenant: Tenant, keap: KeapConnector, run: Run, flow: Flow):
    """And comes back whole: nothing is refused after the call that could have been refused before it."""
    fields: Fields = dict(LEAST[flow])
    if flow == "opportunity":
        (fields["contact.id"],) = tenant.seed(contacts=[{"phone_numbers": [{"field": "PHONE1", "number": "1"}]}])["contacts"]
    long: Fields = {row.keap: text for row in MAPPING[flow].rows if row.keap and row.writes("keap") and (text := longest(row))}
    assert long
    created = run(keap.create(flow, fields | long, stamp=None, key="k"))
    assert {path: created.fields[path] for path in long} == long
