"""Product prices: an integer of the currency's smallest unit in v2, a decimal string in major units here.

Read as `{"amount": 1250, "currency_code": "USD"}`, written as the bare integer 1250; the currency cannot be written.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from connectors.jsonbytes import Json
from connectors.keap.names import Names
from connectors.keap.scalars import decimal_of
from schemas.errors import RejectedError
from schemas.flows import Fields

# ISO 4217, list one: the currencies in use whose smallest unit is not a hundredth.
_EXPONENTS: Final = {
    **dict.fromkeys((
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF",
    ), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}  # fmt: skip


def to_major(minor: int, currency: str | None) -> str:
    """Return the amount in major units: (1250, "USD") -> "12.50"."""
    return f"{Decimal(minor).scaleb(-_exponent(currency)):f}"


def to_minor(major: str, currency: str | None) -> int:
    """Return the amount in the smallest unit; raises RejectedError when it does not divide evenly."""
    minor = decimal_of(major).scaleb(_exponent(currency))
    if minor != minor.to_integral_value():
        raise RejectedError(f"{major} is no whole number of the smallest unit of {currency or 'the currency'}")
    return int(minor)


def _exponent(currency: str | None) -> int:
    return _EXPONENTS.get((currency or "").upper(), 2)


@dataclass(frozen=True, slots=True)
class Price:
    """A product's price."""

    member: str = "price"
    properties: tuple[str, ...] = ("price.amount",)
    writable: bool = True

    def read(self, raw: Json, _names: Names) -> Fields:
        """Return the amount in major units."""
        price = raw.get(self.member) or {}
        amount = price.get("amount")
        return {"price.amount": None if amount is None else to_major(int(amount), price.get("currency_code"))}

    def write(self, changes: Fields, raw: Json, names: Names) -> Json:
        """Return the bare integer, in the record's currency or, for a new record, the tenant's."""
        amount = changes["price.amount"]
        currency = (raw.get(self.member) or {}).get("currency_code") or names.currency
        return {self.member: None if amount is None else to_minor(str(amount), currency)}


@dataclass(frozen=True, slots=True)
class Currency:
    """The currency of a product's price: the tenant's, read only."""

    member: str = "price"
    properties: tuple[str, ...] = ("price.currency_code",)
    writable: bool = False

    def read(self, raw: Json, _names: Names) -> Fields:
        """Return the ISO 4217 code."""
        return {"price.currency_code": (raw.get(self.member) or {}).get("currency_code") or None}

    def write(self, _changes: Fields, _raw: Json, _names: Names) -> Json:
        """Never called: the part is not writable."""
        return {}
