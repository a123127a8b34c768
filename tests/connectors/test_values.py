"""Times and numbers: one form each, and nothing lost on the way."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.jsonbytes import parse, plain, render
from connectors.times import ms_or_none, to_ms, to_text


@pytest.mark.parametrize(
    "text",
    ["2024-11-20T18:34:12.000+0000", "2024-11-20T18:34:12Z", "2024-11-20T19:34:12+01:00", "2024-11-20T18:34:12"],
)
def test_an_instant_is_understood_in_every_spelling(text: str):
    """Keap v1's offset without a colon, Z, another zone, none."""
    assert to_text(to_ms(text)) == "2024-11-20T18:34:12.000Z"


@given(st.integers(min_value=0, max_value=4102444800000))
def test_an_instant_survives_being_printed(moment_ms: int):
    """To text and back, to the millisecond."""
    assert to_ms(to_text(moment_ms)) == moment_ms


@pytest.mark.parametrize("nothing", [None, "", "soon", 12])
def test_what_is_no_time_is_none(nothing: object):
    """A missing or odd time does not stop a record."""
    assert ms_or_none(nothing) is None


def test_json_numbers_never_become_floats():
    """0.1 + 0.2 has no place here: in as Decimal, out as the same digits."""
    content = b'{"a":0.1,"b":12345678901234567.89,"c":3}'
    assert parse(content) == {"a": Decimal("0.1"), "b": Decimal("12345678901234567.89"), "c": 3}
    assert render(parse(content)) == content


@pytest.mark.parametrize(
    ("number", "text"), [("5000.0", "5000"), ("12.50", "12.5"), ("1E+3", "1000"), ("-0.0", "0"), ("0.00", "0"), ("10", "10")]
)
def test_a_decimal_has_one_form(number: str, text: str):
    """No exponent, no trailing zeros."""
    assert plain(Decimal(number)) == text
