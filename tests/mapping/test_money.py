"""Amounts: exact, in major units, compared by value."""

from __future__ import annotations

from random import Random

import pytest

from schemas.errors import MappingError
from streams.mapping.kinds.decimal import Decimal, Money


def test_amounts_keep_every_cent():
    """12.50 and 12.5 are one value, and its cents come back exactly, over ten thousand random amounts."""
    money, chance = Money(), Random(3)
    for cents in (chance.randrange(10 ** chance.randint(1, 17)) for _ in range(10_000)):
        long = f"{cents // 100}.{cents % 100:02}"
        short = long.rstrip("0").rstrip(".")
        assert money.key(money.read("erp", long)) == money.key(money.read("keap", short))
        assert money.write("keap", money.read("erp", long)) == long
        assert int(str(money.write("erp", money.read("keap", short))).replace(".", "")) == cents


@pytest.mark.parametrize(
    ("native", "canonical"),
    [("12.50", "12.5"), ("100", "100"), ("1E+2", "100"), ("-0.00", "0"), ("007.10", "7.1"), (" 5 ", "5"), (0, "0"), (1250, "1250")],
)
def test_decimals_have_one_canonical_form(native: str | int, canonical: str):
    """No exponent, no trailing zeros, no negative zero."""
    assert Decimal(18, 2).read("erp", native) == canonical


def test_a_whole_number_is_no_money():
    """1250 minor units never become 1250.00: an integer is refused on either side."""
    for side in ("keap", "erp"):
        with pytest.raises(MappingError, match="1250 has no unit"):
            Money().read(side, 1250)


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        (Money(), "12.345", "has 3 decimal places, at most 2 are allowed"),
        (Decimal(5, 2), "1234.5", "more than 3 digits before the point"),
        (Decimal(2, 2), "1", "more than 0 digits before the point"),
    ],
)
def test_a_write_never_rounds(kind: Decimal, value: str, sentence: str):
    """A number that does not fit is refused, and read whole nevertheless."""
    assert kind.read("keap", value) == value
    with pytest.raises(MappingError, match=sentence):
        kind.write("erp", value)


@pytest.mark.parametrize("value", ["abc", "NaN", "Infinity", "1e999999", "1,5", True])
def test_what_is_no_number_is_refused(value: str | bool):  # noqa: FBT001 - a value of a record
    """Words, infinities and absurd exponents are no amounts."""
    with pytest.raises(MappingError):
        Decimal(18, 2).read("erp", value)


@pytest.mark.parametrize(("places", "written"), [(0, "1250"), (3, "1250.000")])
def test_currencies_have_their_own_minor_digits(places: int, written: str):
    """A yen has none, a dinar three."""
    assert Money(scale=places).write("erp", "1250") == written
