"""A program of tomorrow: its schema of a record has one more field, unlike any other's."""

from __future__ import annotations

import copy
import io
import struct
import uuid

import fastavro
from fastavro.schema import parse_schema
from msgspec.structs import asdict

from connectors.registry import Registry
from schemas.records import Change, Record
from schemas.store import Schema, full_name, schema_of

CHANGE = Change("main", "keap", "contact", "12", "upsert", {"given_name": "Ada"}, 1, "poll")


def newer_schema(kind: type[Record] = Change, *, mandatory: bool = False) -> Schema:
    """Return a schema with a new field; a mandatory one cannot read what was written before."""
    schema = copy.deepcopy(schema_of(kind))
    name = f"field_{uuid.uuid4().hex[:8]}"
    schema["fields"].append({"name": name, "type": "string"} if mandatory else {"name": name, "type": ["null", "string"], "default": None})
    return schema


def write_newer(url: str, record: Record = CHANGE) -> bytes:
    """Register a new schema and return a record written with it."""
    schema = newer_schema(type(record))
    id_ = Registry(url).register(full_name(type(record)), schema)
    out = io.BytesIO()
    out.write(struct.pack(">BI", 0, id_))
    fastavro.schemaless_writer(out, parse_schema(schema), asdict(record))
    return out.getvalue()
