"""Every row of every file that ships, there and back with random values: nothing changes on the way."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.flows import FLOWS, SIDES, Side, Value, entity_of, other
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Row
from tests.mapping.natives import natives

MAPPING = load_mapping(
    None, MappingOptions(keap_zone="America/New_York", erp_zone="Europe/Berlin", default_country="DE", custom_fields=None)
)
ROWS = [pytest.param(row, id=f"{flow}.{row.name}") for flow in FLOWS for row in MAPPING[flow].rows]
WAYS = [
    pytest.param(row, side, id=f"{flow}.{row.name} from {side}")
    for flow in FLOWS
    for row in MAPPING[flow].rows
    for side in SIDES
    if row.path(side) and row.writes(other(side))
]


def twin(row: Row, canonical: Value, side: Side) -> Value:
    """Return the value as `side` would be handed it: a ref of that side, in place of the link index."""
    if canonical is None or row.kind.reference is None:
        return canonical
    return f"{side}/{entity_of(row.kind.reference, side)}/{str(canonical).rsplit('/', 1)[1]}"


@pytest.mark.parametrize(("row", "side"), WAYS)
@settings(max_examples=40)
@given(data=st.data())
def test_a_value_written_to_the_other_side_reads_back_equal(row: Row, side: Side, data: st.DataObject):
    """What one side shows, written to the other and read there, has the same key: it is no edit."""
    target = other(side)
    canonical = row.kind.read(side, data.draw(natives(row.kind, side)))
    written = row.kind.write(target, twin(row, canonical, target))
    back = twin(row, row.kind.read(target, written), side)
    assert row.kind.key(back) == row.kind.key(canonical)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("side", SIDES)
@settings(max_examples=20)
@given(data=st.data())
def test_what_we_wrote_reads_back_as_what_we_meant(row: Row, side: Side, data: st.DataObject):
    """Writing to a side and reading it there again settles at once: a second round writes the same."""
    canonical = row.kind.read(side, data.draw(natives(row.kind, side)))
    written = row.kind.write(side, canonical)
    assert row.kind.write(side, row.kind.read(side, written)) == written


@pytest.mark.parametrize("row", ROWS)
@settings(max_examples=20)
@given(data=st.data())
def test_what_is_said_to_be_verbatim_is(row: Row, data: st.DataObject):
    """A value that a kind calls verbatim on a side is written there as it stands, and read back so."""
    canonical = row.kind.read("erp", data.draw(natives(row.kind, "erp")))
    for side in SIDES:
        if canonical is not None and row.kind.verbatim(side, canonical):
            assert row.kind.write(side, canonical) == canonical
            assert row.kind.read(side, canonical) == canonical


@pytest.mark.parametrize("row", ROWS)
def test_empty_is_one_value(row: Row):
    """Null, nothing and blanks all read as None, and None is written as null."""
    for side in SIDES:
        assert [row.kind.read(side, empty) for empty in (None, "", " \t\n")] == [None, None, None]
        assert row.kind.write(side, None) is None
    assert row.kind.key(None) is None
    assert row.kind.loose(None) is None


@pytest.mark.parametrize("row", ROWS)
@settings(max_examples=20)
@given(data=st.data())
def test_equal_values_are_loosely_equal(row: Row, data: st.DataObject):
    """`loose` only ever forgives more than `key`."""
    one, two = (row.kind.read("erp", data.draw(natives(row.kind, "erp"))) for _ in range(2))
    if row.kind.key(one) == row.kind.key(two):
        assert row.kind.loose(one) == row.kind.loose(two)
