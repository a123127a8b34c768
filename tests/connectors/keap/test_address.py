"""Addresses: several spellings in Keap, one here, and nothing that was there is lost."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.keap.address import Address

ADDRESS = Address()
LINES = st.none() | st.text("abc -", min_size=1).filter(str.strip)
POSTAL = st.none() | st.from_regex(r"\d{5}(-\d{4})?", fullmatch=True) | st.text("A1 ", min_size=1).filter(str.strip)
REGION = st.none() | st.from_regex(r"[A-Z]{2}-[A-Z0-9]{1,3}", fullmatch=True) | st.text("Skåne ", min_size=1).filter(str.strip)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "line1": LINES,
        "line2": LINES,
        "locality": LINES,
        "region_code": REGION,
        "postal_code": POSTAL,
        "country_code": st.sampled_from([None, "USA", "SWE"]),
    },
)
ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "line1": LINES,
        "region": st.sampled_from([None, "Arizona"]),
        "region_code": st.sampled_from([None, "US-AZ"]),
        "postal_code": st.sampled_from([None, "271 31"]),
        "zip_code": st.sampled_from([None, "85224"]),
        "zip_four": st.sampled_from([None, "1234"]),
        "country": st.just("United States"),
        "country_code": st.sampled_from([None, "USA"]),
    },
)


@given(ITEMS, CHANGES)
def test_what_is_written_is_what_is_read_back(item: dict[str, Any], changes: dict[str, Any]):
    """Changed keys show the new value, the others what they showed before."""
    sent = ADDRESS.merge(item, changes) or {}
    assert ADDRESS.read(sent) == {**ADDRESS.read(item), **changes}


@given(ITEMS, CHANGES)
def test_a_value_has_one_place_once_it_was_written(item: dict[str, Any], changes: dict[str, Any]):
    """Never a region under both names, never a ZIP beside a postal code, after either was changed."""
    sent = ADDRESS.merge(item, changes) or {}
    if "region_code" in changes:
        assert not {"region", "region_code"} <= sent.keys()
    if "postal_code" in changes:
        assert not {"postal_code", "zip_code"} <= sent.keys()


@given(ITEMS, CHANGES)
def test_nothing_read_only_is_sent_back(item: dict[str, Any], changes: dict[str, Any]):
    """The long country name is deprecated, and would contradict a new country_code."""
    sent = ADDRESS.merge(item, changes) or {}
    assert "country" not in sent
    assert None not in sent.values()


@pytest.mark.parametrize(
    ("value", "place"), [("US-AZ", "region_code"), ("SE-M", "region_code"), ("Arizona", "region"), ("us-az", "region")]
)
def test_a_region_goes_where_it_belongs(value: str, place: str):
    """ISO 3166-2 codes as codes, anything else as a name, with the country."""
    assert ADDRESS.merge({"country_code": "USA"}, {"region_code": value}) == {"country_code": "USA", place: value}


def test_an_address_without_values_is_none():
    """The slot goes."""
    assert ADDRESS.merge({"line1": "1", "country": "USA"}, {"line1": None}) is None
