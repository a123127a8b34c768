"""A currency's code, ISO 4217: compared in capitals."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.flows import Side, Value
from streams.mapping.kinds.text import Text

LENGTH = 3


@dataclass(frozen=True, slots=True)
class Currency(Text):
    """`currency`: three letters; which of them are in use is for the systems to know."""

    length: int | None = LENGTH

    def read(self, side: Side, native: Value) -> Value:
        """Return the code in capitals, without spaces around it."""
        # Not super(): in a slotted dataclass it names the class as it was before the slots.
        text = Text.read(self, side, native)
        return text.strip().upper() if isinstance(text, str) else text
