"""Exact decimal numbers and money, as decimal strings: no floats, no exponents.

The canonical form has no trailing zeros ("12.5"), so equal values are equal strings; a write carries the full scale ("12.50").
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal as Number
from decimal import InvalidOperation
from typing import Final

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain, text_of

_DIGITS: Final = 60
"""More digits than any amount has: a stray "1e999999" must not become a megabyte of zeros."""


@dataclass(frozen=True, slots=True)
class Decimal(Plain):
    """`decimal(p,s)`: at most `precision` digits, `scale` of them after the point."""

    precision: int
    scale: int

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Return the canonical decimal string, with all the digits it came with."""
        text = text_of(native, "a number")
        return None if text is None else _plain(_number(text))

    def write(self, side: Side, canonical: Value) -> Value:
        """Write with the full scale; raises MappingError rather than round or overflow."""
        text = self.read(side, canonical)
        if text is None:
            return None
        whole, _, places = str(text).partition(".")
        if len(places) > self.scale:
            raise MappingError(f"{text} has {len(places)} decimal places, at most {self.scale} are allowed", value=text)
        if len(whole.lstrip("-0")) > self.precision - self.scale:
            allowed = self.precision - self.scale
            raise MappingError(f"{text} has more than {allowed} digits before the point", value=text)
        return f"{whole}.{places:0<{self.scale}}" if self.scale else whole


@dataclass(frozen=True, slots=True)
class Money(Decimal):
    """`money`: an amount in **major** units; `money(d)` for a currency with another number of minor digits than two."""

    precision: int = 18
    scale: int = 2

    def read(self, side: Side, native: Value) -> Value:
        """Refuse whole numbers: an integer is what an API in minor units sends, and 1250 must never become 1250.00."""
        if isinstance(native, int):
            raise MappingError(f"{native} has no unit: money travels as a decimal string in major units", value=native)
        # Not super(): in a slotted dataclass it names the class as it was before the slots.
        return Decimal.read(self, side, native)


def _number(text: str) -> Number:
    """Parse; raises MappingError."""
    try:
        number = Number(text)
    except InvalidOperation:
        number = Number("nan")
    if not number.is_finite() or abs(number.adjusted()) > _DIGITS:
        raise MappingError(f"{text!r} is not a decimal number", value=text)
    return number


def _plain(number: Number) -> str:
    """Write out without exponent and trailing zeros: 1E+2 -> "100", 12.50 -> "12.5", -0.0 -> "0"."""
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
