"""True or false."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain

_SPELLINGS: Final[dict[str, bool]] = {"true": True, "1": True, "false": False, "0": False}
"""Keap's v1 API spells some flags 0 and 1."""


@dataclass(frozen=True, slots=True)
class Boolean(Plain):
    """`boolean`: also read from 0, 1 and the words."""

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Return the truth; raises MappingError for anything else."""
        if native is None or isinstance(native, bool):
            return native
        text = str(native).strip().lower()
        if text and text not in _SPELLINGS:
            raise MappingError(f"{native!r} is neither true nor false", value=native)
        return _SPELLINGS.get(text)

    def write(self, side: Side, canonical: Value) -> Value:
        """Write the truth."""
        return self.read(side, canonical)
