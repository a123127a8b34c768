"""What `type:` in a mapping file may say, and the kind each word stands for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from schemas.flows import FLOWS
from streams.mapping.kinds.boolean import Boolean
from streams.mapping.kinds.currency import Currency
from streams.mapping.kinds.date import Date
from streams.mapping.kinds.decimal import Decimal, Money
from streams.mapping.kinds.email import Email
from streams.mapping.kinds.enum import Enum
from streams.mapping.kinds.instant import Instant
from streams.mapping.kinds.integer import Integer
from streams.mapping.kinds.phone import Phone
from streams.mapping.kinds.reference import Reference
from streams.mapping.kinds.text import Text
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

ALLOWED: Final = (
    "string(n), text, email(n), phone(n), integer, decimal(digits,places), money, money(places), boolean, date, datetime, currency, enum, "
    f"reference(flow) with one of {', '.join(FLOWS)}"
)
_BARE: Final[dict[str, Kind]] = {
    "text": Text(),
    "integer": Integer(),
    "money": Money(),
    "boolean": Boolean(),
    "date": Date(),
    "datetime": Instant(),
    "currency": Currency(),
}
"""Types without an argument."""
_SPEC: Final = re.compile(r"\s*(\w+)\s*(?:\(([^()]*)\))?\s*")


def kind_of(spec: str, options: MappingOptions, values: Mapping[str, Sequence[str]] | None = None) -> Kind:
    """Return the kind that a type's words mean: "decimal(18,2)".

    Args:
        spec: as in the file.
        options: the connection's.
        values: an enum's map, Keap's word -> the ERP's words.

    Raises:
        ValueError: with the sentence that says what is allowed.
    """
    kind: Kind
    match split(spec):
        case [str(name)] if name in _BARE:
            kind = _BARE[name]
        case ["string", int(n)] if n:
            kind = Text(n)
        case ["email", int(n)] if n:
            kind = Email(n)
        case ["phone", int(n)] if n:
            kind = Phone(n, options.default_country)
        case ["decimal", int(digits), int(places)] if digits >= places:
            kind = Decimal(digits, places)
        case ["money", int(places)]:
            kind = Money(scale=places)
        case ["reference", str(flow)] if flow in FLOWS:
            kind = Reference(flow)
        case ["enum"] if values:
            kind = Enum(values)
        case _:
            quotes = " (a type with a comma stands in quotes)" if "(" in spec and ")" not in spec else ""
            raise ValueError(f"`{spec}` is no type{quotes}; allowed: {ALLOWED}")
    return kind


def split(spec: str) -> list[int | str]:
    """Take a type apart: "decimal(18,2)" -> ["decimal", 18, 2]; what is no type at all comes back whole."""
    found = _SPEC.fullmatch(spec)
    if not found:
        return [spec]
    words = [word.strip() for word in (found[2] or "").split(",")] if found[2] is not None else []
    return [found[1], *(int(word) if word.isdecimal() else word for word in words)]
