"""A whole number."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain, text_of

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}(\.0+)?")
"""Eighteen digits fit the 64 bits in which integers travel."""


@dataclass(frozen=True, slots=True)
class Integer(Plain):
    """`integer`: a number, or a text that holds one."""

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Return the number; raises MappingError for anything else."""
        text = text_of(native, "a whole number")
        if text is None:
            return None
        if not _WHOLE.fullmatch(text.strip()):
            raise MappingError(f"{text!r} is not a whole number", value=native)
        return int(text.partition(".")[0])

    def write(self, side: Side, canonical: Value) -> Value:
        """Write the number."""
        return self.read(side, canonical)
