"""Text, of any length (`text`) or at most n characters (`string(n)`): travels as typed."""

from __future__ import annotations

import unicodedata
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
    `charset`: the characters a write may carry, by the name of a codec; None for all. `replace`: others give way to what is nearest.
    """

    length: int | None = None
    cut: bool = field(default=False, kw_only=True)
    charset: str | None = field(default=None, kw_only=True)
    replace: bool = field(default=False, kw_only=True)

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Keep the text as typed; a blank one is None."""
        return text_of(native, "a text")

    def write(self, side: Side, canonical: Value) -> Value:  # noqa: ARG002 - both sides write alike
        """Write the text as typed; raises MappingError when it is too long, or not in the charset, and may not be changed."""
        text = text_of(canonical, "a text")
        if text is not None and self.charset is not None and not _fits(text, self.charset):
            text = self._replaced(text, self.charset)
        if text is not None and self.length is not None and len(text) > self.length:
            if self.cut:
                return text[: self.length].rstrip()
            raise MappingError(f"{_begin(text)} is {len(text)} characters long, at most {self.length} are allowed", value=text)
        return text

    def verbatim(self, side: Side, canonical: Value) -> bool:  # noqa: ARG002 - both sides write alike
        """Texts that fit are written as they are; which characters do is not asked here."""
        return self.charset is None and (self.length is None or len(canonical) <= self.length)  # type: ignore[arg-type]  # canonical, so a str

    def _replaced(self, text: str, charset: str) -> str:
        foreign = dict.fromkeys(each for each in text if not _fits(each, charset))
        if not self.replace:
            raise MappingError(f"{_begin(text)} has {', '.join(map(repr, foreign))}, which {charset} does not know", value=text)
        return text.translate({ord(each): _nearest(each, charset) for each in foreign})

    def loose(self, canonical: Value) -> Value:
        """Forgive case, spaces, accents and a cut at the allowed length."""
        return fold(canonical)[: self.length] if isinstance(canonical, str) else canonical


def _fits(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def _nearest(character: str, charset: str) -> str:
    """Return the letter without its marks where the charset has that, else a question mark."""
    plain = "".join(each for each in unicodedata.normalize("NFKD", character) if not unicodedata.combining(each))
    return plain if _fits(plain, charset) else "?"


def _begin(text: str) -> str:
    """Return enough of a long text to know it by."""
    return repr(text) if len(text) <= _SHOWN else f"{text[:_SHOWN]!r}..."
