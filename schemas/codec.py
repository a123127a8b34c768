"""Records to bytes and back: Avro single-object encoding, the schemas in this package being the store.

Marker C3 01, the CRC-64-AVRO fingerprint of the writer's schema (little endian), the datum
(https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding). `avro/` holds today's schemas, `avro/former/` those whose
bytes may still lie in a topic; a record written with a former schema is read through Avro's schema resolution.
"""

from __future__ import annotations

import dataclasses
import io
import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, TypeVar

import fastavro
from fastavro.schema import fingerprint, parse_schema, to_parsing_canonical_form

from schemas.errors import SchemaError
from schemas.records import RECORDS, Record

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

R = TypeVar("R", bound=Record)

_MARKER: Final = b"\xc3\x01"
_HEADER: Final = len(_MARKER) + 8
_BY_NAME: Final = {cls.__name__: cls for cls in RECORDS}
_FIELDS: Final = {cls: [f.name for f in dataclasses.fields(cls)] for cls in RECORDS}


def encode(record: Record) -> bytes:
    """Return the record's bytes; raises SchemaError when a value does not fit its schema."""
    cls = type(record)
    header, schema = _writers()[cls]
    out = io.BytesIO()
    out.write(header)
    try:
        fastavro.schemaless_writer(out, schema, {name: getattr(record, name) for name in _FIELDS[cls]})
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        message = f"{cls.__name__} does not fit its schema: {error}"
        raise SchemaError(message) from error
    return out.getvalue()


def decode(data: bytes | None) -> Record:
    """Return the record in `data`; raises SchemaError for bytes that no committed schema wrote."""
    if not data or data[:2] != _MARKER or len(data) < _HEADER:
        message = "not a record of ours: the single-object marker is missing"
        raise SchemaError(message)
    known = _readers().get(data[:_HEADER])
    if known is None:
        message = f"unknown schema fingerprint {data[2:_HEADER].hex()}"
        raise SchemaError(message)
    cls, writer, reader = known
    try:
        datum: Any = fastavro.schemaless_reader(io.BytesIO(data[_HEADER:]), writer, reader)
        return cls(**datum)
    except Exception as error:  # fastavro raises whatever the garbage leads it to
        message = f"damaged {cls.__name__}: {type(error).__name__}: {error}"
        raise SchemaError(message) from error


def expect(data: bytes | None, *kinds: type[R]) -> R:
    """Decode `data` and insist on one of `kinds`; raises SchemaError for anything else."""
    record = decode(data)
    if not isinstance(record, kinds):
        message = f"a {type(record).__name__} where {' or '.join(k.__name__ for k in kinds)} belongs"
        raise SchemaError(message)
    return record


def schema_of(cls: type[Record]) -> dict[str, Any]:
    """Return today's schema of a record type, as JSON."""
    loaded: dict[str, Any] = json.loads((_folder() / f"{cls.__name__}.avsc").read_text())
    return loaded


def _folder() -> Traversable:
    return files("schemas") / "avro"


def _header(schema: Any) -> bytes:
    crc = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
    return _MARKER + bytes.fromhex(crc)


@cache
def _writers() -> dict[type[Record], tuple[bytes, Any]]:
    return {cls: (_header(schema_of(cls)), parse_schema(schema_of(cls))) for cls in RECORDS}


@cache
def _readers() -> dict[bytes, tuple[type[Record], Any, Any]]:
    known: dict[bytes, tuple[type[Record], Any, Any]] = {}
    former = _folder() / "former"
    for path in former.iterdir() if former.is_dir() else ():
        schema = json.loads(path.read_text())
        cls = _BY_NAME[schema["name"]]
        known[_header(schema)] = (cls, parse_schema(schema), _writers()[cls][1])
    for cls, (header, schema) in _writers().items():
        known[header] = (cls, schema, None)
    return known
