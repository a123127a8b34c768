"""The Confluent wire format: a zero byte, the schema's id in the registry (four bytes, big endian), the datum.

https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format; subjects are record
names (RecordNameStrategy): "keapsync.Change". The registry's own rule says what is compatible.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import Final

from connectors.registry.api import Registry
from connectors.registry.lookup import Lookup
from schemas.errors import ConfigurationError, SchemaError
from schemas.records import RECORDS, Record
from schemas.store import Schema, full_name, schema_of

_HEADER: Final = struct.Struct(">BI")


class Confluent:
    """A `schemas.framing.Framing` whose schemas are kept by a registry.

    Args:
        registry: the one to ask.
        wait_s: how long a record of an unknown schema may be waited for in place; 0 in an event loop.
    """

    marker: Final = b"\0"
    size: Final = _HEADER.size

    def __init__(self, registry: Registry, wait_s: float = 0) -> None:
        self._registry = registry
        self._lookup = Lookup(registry, wait_s)
        self._ids: dict[type[Record], int] = {}

    def prepare(self, kinds: Iterable[type[Record]] = RECORDS) -> None:
        """Register today's schemas and learn all former ones: what is known so is read and written without the registry.

        Raises:
            ConfigurationError: the registry refuses; one sentence per schema, in its words.
            RetriableError: it does not answer.
        """
        faults: list[str] = []
        for kind in kinds:
            try:
                self._id(kind)
                self._lookup.learn(self._registry.versions(full_name(kind)))
            except ConfigurationError as error:
                faults += [f"schema {full_name(kind)}: {fault}" for fault in error.faults]
            except SchemaError as error:
                faults.append(f"schema {full_name(kind)}: {error}")
        if faults:
            raise ConfigurationError(*faults)

    def header(self, kind: type[Record]) -> bytes:
        """Return the header of a record type, registered now when `prepare` did not."""
        return _HEADER.pack(0, self._id(kind))

    def writer(self, header: bytes) -> Schema:
        """Return the schema of the id in a header."""
        return self._lookup.schema(_HEADER.unpack(header)[1])

    def _id(self, kind: type[Record]) -> int:
        if kind not in self._ids:
            subject, schema = full_name(kind), schema_of(kind)
            id_ = self._registry.find(subject, schema)
            # Found first: what is registered may be written again after a newer schema, a registry without write access will do.
            self._ids[kind] = self._registry.register(subject, schema) if id_ is None else id_
            self._lookup.learn({self._ids[kind]: schema})
        return self._ids[kind]
