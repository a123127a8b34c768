"""Native values of each kind, as hypothesis strategies: what the two systems may hold."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as Number
from typing import Any

import pycountry
from hypothesis import strategies as st

from schemas.flows import Side, Value
from streams.mapping.converters.country import Country
from streams.mapping.converters.date_in_zone import DateInZone
from streams.mapping.converters.locale import Locale
from streams.mapping.converters.time_zone import TimeZone
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
from streams.mapping.rows import Kind

Natives = st.SearchStrategy[Value]

INSTANTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1)).map(  # noqa: DTZ001 - hypothesis wants them bare
    lambda at: at.replace(tzinfo=UTC, microsecond=at.microsecond // 1000 * 1000).isoformat().replace("+00:00", "Z")
)
PHONES = st.from_regex(r"(\+[1-9][0-9]{0,2} )?(\([0-9]{1,3}\) )?[0-9]{2,4}([ .-][0-9]{2,4}){0,3}( x[0-9]{1,4})?", fullmatch=True)


def natives(kind: Kind, side: Side) -> Natives:
    """Return the strategy of a kind's native values on a side; KeyError for a kind that has none, so that none is forgotten."""
    strategy = _STRATEGIES[type(kind)]
    found: Natives = strategy(kind, side) if callable(strategy) else strategy
    return found


def _texts(kind: Text, _: Side) -> Natives:
    return st.text(st.characters(exclude_categories=["Cs"]), max_size=min(kind.length or 40, 40))


def _emails(kind: Email, _: Side) -> Natives:
    return st.emails().filter(lambda text: len(text) <= (kind.length or len(text)))


def _decimals(kind: Decimal, _: Side) -> Natives:
    most = Number(10) ** (kind.precision - kind.scale) - Number(1).scaleb(-kind.scale)
    return st.decimals(-most, most, places=kind.scale).map(lambda number: format(number, "f"))


def _words(kind: Enum, side: Side) -> Natives:
    return st.sampled_from(list(kind.values) if side == "keap" else [word for words in kind.values.values() for word in words])


def _countries(_: Country, side: Side) -> Natives:
    return st.sampled_from([entry.alpha_3 if side == "keap" else entry.alpha_2 for entry in pycountry.countries])


def _languages(_: Locale, side: Side) -> Natives:
    return st.sampled_from(["en_US", "de_AT", "fr"] if side == "keap" else ["en-US", "de-AT", "fr"])


def _days(_: DateInZone, side: Side) -> Natives:
    return INSTANTS if side == "keap" else st.dates(date(1971, 1, 1), date(2100, 1, 1)).map(str)


_STRATEGIES: dict[type, Any] = {
    Boolean: st.booleans(),
    Country: _countries,
    Currency: st.text("abcXYZ", min_size=3, max_size=3),
    Date: st.dates().map(str),
    DateInZone: _days,
    Decimal: _decimals,
    Email: _emails,
    Enum: _words,
    Instant: INSTANTS,
    Integer: st.integers(-(10**18) + 1, 10**18 - 1),
    Locale: _languages,
    Money: _decimals,
    Phone: PHONES,
    Reference: st.integers(1, 10**12).map(str),
    Text: _texts,
    TimeZone: st.sampled_from(["Europe/Berlin", "America/Phoenix", "UTC"]),
}
