"""Bytes and records, in the form that needs no registry."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.codec import decode, encode, expect
from schemas.errors import SchemaError
from schemas.records import RECORDS, Change, Outcome, Record, ScanMark
from tests.schemas.strategies import record, records

CHANGE = Change("main", "keap", "contact", "12", "upsert", {"given_name": "Ada", "age": 7, "vip": True, "note": None}, 1, "poll")


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
@given(data=st.data())
def test_what_is_written_is_read(kind: type[Record], data: st.DataObject) -> None:
    """A record of any type comes back as it was, type for type: True is not 1, and a map keeps its order."""
    written = data.draw(record(kind))
    assert repr(decode(encode(written))) == repr(written)


def test_the_header_is_the_avro_single_object_one() -> None:
    """Marker C3 01 and the fingerprint of the schema, the same for each record of a type and different between types."""
    headers = {encode(each)[:10] for each in (CHANGE, replace(CHANGE, id="13"))}
    assert len(headers) == 1
    assert headers.pop()[:2] == b"\xc3\x01"
    assert encode(ScanMark("main", "keap", "contact", "sweep", 1, 1))[:10] != encode(CHANGE)[:10]


@given(st.binary(max_size=60))
def test_garbage_is_a_schema_error(data: bytes) -> None:
    """Bytes that nobody here wrote are refused, never anything else."""
    with pytest.raises(SchemaError):
        decode(data)


@given(records(), st.data())
def test_damage_is_a_schema_error_or_a_record(written: Record, data: st.DataObject) -> None:
    """Whatever is cut off or flipped, the codec raises a SchemaError or finds a record."""
    damaged = bytearray(encode(written))
    for place in data.draw(st.lists(st.integers(0, len(damaged) - 1), max_size=3)):
        damaged[place] ^= data.draw(st.integers(1, 255))
    try:
        found = decode(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    except SchemaError:
        return
    assert isinstance(found, RECORDS)


@pytest.mark.parametrize("data", [None, b"", b"\xc3", b"\xc3\x01", b"\xc3\x01" + bytes(8), b"\0\0\0\0\1\2", encode(CHANGE)[:-1]])
def test_what_is_too_short_or_unknown_is_named(data: bytes | None) -> None:
    """Nothing, half a header, an unknown fingerprint, a registry's id where there is none, and a cut record are refused."""
    with pytest.raises(SchemaError):
        decode(data)


@pytest.mark.parametrize("wrong", [{"read_at": "soon"}, {"read_at": 2**63}, {"id": None}, {"fields": {"a": 1.5}}, {"id": "\ud800"}])
def test_a_value_that_does_not_fit_is_a_schema_error(wrong: dict[str, object]) -> None:
    """A value of another type, too large a number, a float and half a character are refused before anything is sent."""
    with pytest.raises(SchemaError, match="Change"):
        encode(replace(CHANGE, **wrong))  # type: ignore[arg-type]  # that is the point


def test_the_expected_kind_is_insisted_on() -> None:
    """A record of another type where one is expected is refused by name."""
    assert expect(encode(CHANGE), ScanMark, Change) == CHANGE
    with pytest.raises(SchemaError, match="a Change where Outcome belongs"):
        expect(encode(CHANGE), Outcome)
