"""Schemas and records say the same."""

from __future__ import annotations

import types
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import pytest
from msgspec import NODEFAULT
from msgspec.structs import FieldInfo
from msgspec.structs import fields as fields_of

from schemas.records import RECORDS, Record
from schemas.store import full_name, schema_of

SCALARS = {type(None): "null", bool: "boolean", int: "long", str: "string", bytes: "bytes"}


def avro(hint: Any) -> Any:
    """Return the Avro type of a type hint."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return "string"
    if origin is dict:
        return {"type": "map", "values": avro(arguments[1])}
    if origin in (Union, types.UnionType):
        return sorted(map(avro, arguments), key=lambda each: (each != "null", str(each)))
    return SCALARS[hint]


def ordered(schema: Any) -> Any:
    """Return an Avro type with its unions in the order of `avro`."""
    if isinstance(schema, list):
        return sorted(map(ordered, schema), key=lambda each: (each != "null", str(each)))
    if isinstance(schema, dict):
        return {"type": "map", "values": ordered(schema["values"])}
    return schema


def default(field: FieldInfo) -> Any:
    """Return a field's default, NODEFAULT when it has none."""
    return field.default if field.default_factory is NODEFAULT else field.default_factory()


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_a_schema_has_its_records_fields(kind: type[Record]) -> None:
    """The same names in the same order, the same types, the same defaults; null comes first where it is the default."""
    schema, hints = schema_of(kind), get_type_hints(kind)
    fields = fields_of(kind)
    assert f"{schema['namespace']}.{schema['name']}" == full_name(kind)
    assert [field["name"] for field in schema["fields"]] == [field.name for field in fields]
    assert [ordered(field["type"]) for field in schema["fields"]] == [avro(hints[field.name]) for field in fields]
    assert [field.get("default", NODEFAULT) for field in schema["fields"]] == [default(field) for field in fields]
    assert all(field["type"][0] == "null" for field in schema["fields"] if "default" in field and field["default"] is None)
