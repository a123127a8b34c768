"""A framing that, like a registry that is away, does not tell the schema of one record type yet."""

from __future__ import annotations

from schemas.errors import RetriableError
from schemas.records import RECORDS, Record
from schemas.store import Schema, schema_of


class LateFraming:
    """Headers as the registry's; `told` says whether the withheld type's schema is known.

    Attributes:
        asked: how often it was asked for in vain.
    """

    marker = b"\0"
    size = 2

    def __init__(self, withheld: type[Record]) -> None:
        self._withheld = withheld
        self.told = False
        self.asked = 0

    def header(self, kind: type[Record]) -> bytes:
        """Return the marker and the type's number."""
        return bytes([0, RECORDS.index(kind)])

    def writer(self, header: bytes) -> Schema:
        """Return the type's schema, if it may be told."""
        kind = RECORDS[header[1]]
        if kind is self._withheld and not self.told:
            self.asked += 1
            raise RetriableError("not known yet")
        return schema_of(kind)
