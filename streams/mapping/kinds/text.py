"""Text, of any length (`text`) or at most n characters (`string(n)`): travels as typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.fold import fold
from streams.mapping.kinds.plain import Plain, text_of

_SHOWN: Final = 40
"""Characters of a text that a fault repeats."""


@dataclass(frozen=True, slots=True)
class Text(Plain):
    """`length` is the most characters a write may carry, None for no limit; a read is never too long.

    `cut`: a longer text is written as far as it fits, instead of not at all.
    """

    length: int | None = None
    cut: bool = field(default=False, kw_only=True)

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Keep the text as typed; a blank one is None."""
        return text_of(native, "a text")

    def write(self, side: Side, canonical: Value) -> Value:  # noqa: ARG002 - both sides write alike
        """Write the text as typed; raises MappingError when it is too long and may not be cut."""
        text = text_of(canonical, "a text")
        if text is not None and self.length is not None and len(text) > self.length:
            if self.cut:
                return text[: self.length].rstrip()
            raise MappingError(f"{_begin(text)} is {len(text)} characters long, at most {self.length} are allowed", value=text)
        return text

    def verbatim(self, canonical: Value) -> bool:
        """Texts that fit are written as they are."""
        return self.length is None or len(canonical) <= self.length  # type: ignore[arg-type]  # canonical, so a str

    def loose(self, canonical: Value) -> Value:
        """Forgive case, spaces, accents and a cut at the allowed length."""
        return fold(canonical)[: self.length] if isinstance(canonical, str) else canonical


def _begin(text: str) -> str:
    """Return enough of a long text to know it by."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}..."
