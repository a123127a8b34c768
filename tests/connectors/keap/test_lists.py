"""Lists show next to nothing unless it is asked for (companies: no address, no times; contacts: a name): it is asked for."""

from __future__ import annotations

import pytest

from connectors.keap import KeapConnector
from schemas.flows import FLOWS, Fields, Flow
from tests.connectors.conftest import Run
from tests.connectors.keap import test_companies, test_contacts, test_opportunities, test_products

WHOLE: dict[Flow, Fields] = {
    "company": test_companies.WHOLE,
    "contact": test_contacts.WHOLE,
    "opportunity": test_opportunities.PLAIN,
    "product": test_products.WHOLE,
}
PERSON: Fields = {"given_name": "Ann", "email_addresses.EMAIL1.email": "ann@example.com"}


@pytest.mark.parametrize("flow", FLOWS)
def test_a_list_shows_what_a_read_shows(keap: KeapConnector, run: Run, flow: Flow):
    """Every property, both times and who changed it last: a record is the same whether it came in a page or alone."""
    fields = dict(WHOLE[flow])
    if flow == "opportunity":
        fields["contact.id"] = run(keap.create("contact", PERSON, stamp=None, key="p")).id
    created = run(keap.create(flow, fields, stamp="link-1", key="k"))
    (listed,) = run(keap.page(flow, since=None, cursor=None)).records
    alone = run(keap.get(flow, created.id))
    assert listed.fields == alone.fields
    assert fields.items() <= listed.fields.items()
    assert (listed.created_at, listed.updated_at, listed.updated_by) == (alone.created_at, alone.updated_at, alone.updated_by)
    assert listed.created_at
    assert listed.updated_at
