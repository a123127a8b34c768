"""Records to bytes and back: a header that names the writer's schema (`framing`), then the Avro datum. The one door.

A process writes in the framing it chose once (`use`) and always reads single-object records too: a topic may hold both after a switch.
A record that another schema than today's wrote is read through Avro's schema resolution.
"""

from __future__ import annotations

import io
from typing import Any, Final, TypeVar

import fastavro
from fastavro.schema import parse_schema, to_parsing_canonical_form
from msgspec.structs import asdict

from schemas.errors import SchemaError
from schemas.framing import Framing, SingleObject
from schemas.records import RECORDS, Record
from schemas.store import Schema, full_name, schema_of

R = TypeVar("R", bound=Record)

_BY_NAME: Final = {full_name(kind): kind for kind in RECORDS}
_TODAYS: Final = {kind: parse_schema(schema_of(kind)) for kind in RECORDS}


class _Wire:
    """A framing to write, those that can be read, and what was learnt with them."""

    def __init__(self, framing: Framing) -> None:
        self.framing = framing
        self.framings = {each.marker[0]: each for each in (SingleObject(), framing)}
        self.sizes = {first: each.size for first, each in self.framings.items()}
        self.headers: dict[type[Record], bytes] = {}
        self.readers: dict[bytes, tuple[type[Record], Any, Any]] = {}
        """header -> record type, writer's schema, reader's schema (None where both are the same)."""


_wire = _Wire(SingleObject())


def use(framing: Framing) -> None:
    """Write in this framing from now on; called by a process's composition root, before anything else."""
    global _wire  # noqa: PLW0603 - one choice per process
    _wire = _Wire(framing)


def encode(record: Record) -> bytes:
    """Return the record's bytes; raises SchemaError when a value does not fit its schema."""
    kind, wire = type(record), _wire
    header = wire.headers.get(kind)
    if header is None:
        header = wire.headers[kind] = wire.framing.header(kind)
    out = io.BytesIO()
    out.write(header)
    try:
        fastavro.schemaless_writer(out, _TODAYS[kind], asdict(record))
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        raise SchemaError(f"{kind.__name__} does not fit its schema: {error}") from error
    return out.getvalue()


def decode(data: bytes | None) -> Record:
    """Return the record in `data`.

    Raises:
        SchemaError: no schema that is known anywhere wrote these bytes.
        RetriableError: which schema wrote them cannot be told now (`Framing.writer`).
    """
    wire = _wire
    size = wire.sizes.get(data[0]) if data else None
    if not data or size is None:
        raise SchemaError(f"not a record of ours: no header begins with {data[:2].hex() if data else 'nothing'}")
    known = wire.readers.get(data[:size])
    if known is None:
        known = _learn(wire, data[:size])
    kind, writer, reader = known
    try:
        datum: Any = fastavro.schemaless_reader(io.BytesIO(data[size:]), writer, reader)
        return kind(**datum)
    except Exception as error:  # fastavro raises whatever the garbage leads it to
        raise SchemaError(f"damaged {kind.__name__}: {type(error).__name__}: {error}") from error


def expect(data: bytes | None, *kinds: type[R]) -> R:
    """Decode `data` and insist on one of `kinds`; raises SchemaError for anything else."""
    record = decode(data)
    if not isinstance(record, kinds):
        raise SchemaError(f"a {type(record).__name__} where {' or '.join(k.__name__ for k in kinds)} belongs")
    return record


def _learn(wire: _Wire, header: bytes) -> tuple[type[Record], Any, Any]:
    framing = wire.framings[header[0]]
    if len(header) < framing.size or not header.startswith(framing.marker):
        raise SchemaError(f"not a record of ours: the header is {header.hex()}")
    wire.readers[header] = learnt = _reader(framing.writer(header))
    return learnt


def _reader(schema: Schema) -> tuple[type[Record], Any, Any]:
    try:
        writer: Any = parse_schema(schema)
        kind = _BY_NAME[writer["name"]]
        same = to_parsing_canonical_form(writer) == to_parsing_canonical_form(_TODAYS[kind])
    except Exception as error:  # any JSON at all may come from a registry
        raise SchemaError(f"written with a schema that is none of ours: {str(schema)[:200]}") from error
    return kind, writer, None if same else _TODAYS[kind]
