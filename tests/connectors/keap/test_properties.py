"""The tables that the mapping's parser reads."""

from __future__ import annotations

import pytest

from connectors.keap.names import Names
from connectors.keap.properties import ENTITIES, PROPERTIES, WRITABLE, known
from schemas.flows import FLOWS, Flow


@pytest.mark.parametrize("flow", FLOWS)
def test_the_table_is_what_a_record_has(flow: Flow):
    """An empty record shows every property of its table as None."""
    assert ENTITIES[flow].flatten({}, Names()) == dict.fromkeys(PROPERTIES[flow])


@pytest.mark.parametrize(("flow", "name"), [("opportunity", "created_time"), ("product", "price.currency_code")])
def test_read_only_properties_are_known_but_not_writable(flow: Flow, name: str):
    """The parser refuses a row that writes them."""
    assert known(flow, name)
    assert not known(flow, name, writable=True)
    assert name in PROPERTIES[flow] - WRITABLE[flow]


def test_custom_fields_are_known_where_there_are_any():
    """Their labels are the tenant's business; products have none."""
    assert known("company", "custom_fields.Organization number", writable=True)
    assert not known("product", "custom_fields.Organization number")
    assert not known("company", "compnay_name")
