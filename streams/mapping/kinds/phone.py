"""A phone or fax number: travels as typed, compares as E.164.

A number that nobody can parse compares by its digits, so a respelling of it is no edit either.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import phonenumbers

from schemas.flows import Value
from streams.mapping.kinds.text import Text


@dataclass(frozen=True, slots=True)
class Phone(Text):
    """`phone(n)`: `country` (ISO 3166 alpha-2) is that of numbers written without one."""

    country: str = "US"

    def key(self, canonical: Value) -> Value:
        """Compare as E.164 with the extension; unparseable ones by digits, those without digits as text."""
        return _dialled(canonical, self.country) if isinstance(canonical, str) else canonical

    def loose(self, canonical: Value) -> Value:
        """Forgive nothing more: E.164 has no spelling left."""
        return self.key(canonical)


@lru_cache(maxsize=1 << 16)
def _dialled(text: str, country: str) -> str:
    """Return what is dialled: "(415) 555-2671 x5" -> "+14155552671;ext=5". Cached: parsing takes 15 us, and numbers are compared often."""
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return "".join(str(int(char)) for char in text if char.isdecimal()) or text.strip().casefold()
    e164: str = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else e164
