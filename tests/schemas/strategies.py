"""Hypothesis strategies for whatever an Avro schema of ours allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from schemas.records import RECORDS, Record
from schemas.store import Schema, schema_of

SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "null": st.none(),
    "boolean": st.booleans(),
    "long": st.integers(-(2**63), 2**63 - 1),
    "string": st.text(max_size=20),
    "bytes": st.binary(max_size=20),
}


def datum(schema: Any) -> st.SearchStrategy[Any]:
    """Return data that a schema can write."""
    if isinstance(schema, str):
        return SCALARS[schema]
    if isinstance(schema, list):
        return st.one_of(*map(datum, schema))
    if schema["type"] == "map":
        return st.dictionaries(st.text(max_size=10), datum(schema["values"]), max_size=5)
    return st.fixed_dictionaries({field["name"]: datum(field["type"]) for field in schema["fields"]})


def record(kind: type[Record], schema: Schema | None = None) -> st.SearchStrategy[Record]:
    """Return records of a type, whatever their strings say."""
    return datum(schema or schema_of(kind)).map(lambda fields: kind(**fields))


def records() -> st.SearchStrategy[Record]:
    """Return records of any type."""
    return st.one_of(*map(record, RECORDS))
