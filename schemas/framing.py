"""How bytes say which schema wrote them: a header of fixed size before the datum.

`SingleObject` needs nothing but this package; the form that needs a schema registry lives with its HTTP calls in `connectors/registry`.
"""

from __future__ import annotations

from functools import cache
from typing import Final, Protocol

from fastavro.schema import fingerprint, to_parsing_canonical_form

from schemas.errors import SchemaError
from schemas.records import Record
from schemas.store import Schema, committed_schemas, schema_of


class Framing(Protocol):
    """One kind of header; the codec calls it once per record type and once per header it meets.

    Attributes:
        marker: what each header begins with; the first byte differs from every other framing's.
        size: bytes of a header.
    """

    @property
    def marker(self) -> bytes: ...  # noqa: D102

    @property
    def size(self) -> int: ...  # noqa: D102

    def header(self, kind: type[Record]) -> bytes:
        """Return the header of records that today's schema of `kind` writes."""
        ...

    def writer(self, header: bytes) -> Schema:
        """Return the schema a header names.

        Raises:
            SchemaError: there is no such schema.
            RetriableError: that cannot be told now; the record has to wait.
        """
        ...


class SingleObject:
    """Avro single-object encoding: C3 01 and the CRC-64-AVRO fingerprint of the writer's schema, little endian.

    https://avro.apache.org/docs/1.12.0/specification/#single-object-encoding; the committed schemas are the store.
    """

    marker: Final = b"\xc3\x01"
    size: Final = 10

    def header(self, kind: type[Record]) -> bytes:
        """Return marker and fingerprint."""
        return _header(schema_of(kind))

    def writer(self, header: bytes) -> Schema:
        """Return the committed schema with this fingerprint; raises SchemaError when there is none."""
        try:
            return _by_header()[header]
        except KeyError:
            raise SchemaError(f"unknown schema fingerprint {header[len(self.marker) :].hex()}") from None


def _header(schema: Schema) -> bytes:
    crc: str = fingerprint(to_parsing_canonical_form(schema), "CRC-64-AVRO")
    return SingleObject.marker + bytes.fromhex(crc)


@cache
def _by_header() -> dict[bytes, Schema]:
    return {_header(schema): schema for schema in committed_schemas()}
