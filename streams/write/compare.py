"""Compare what a record shows with what a command wants and with what it expected to find.

Values are native, so nothing is known of their types here: null and "" are one value, decimals may be spelled "12.5" or "12.50", all
else is exact. Whoever decides on a difference (the sync stage) knows the types.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Literal

from schemas.flows import Fields, Value

Verdict = Literal["done", "expected", "moved"]


def verdict(shown: Fields, wanted: Fields, expected: Fields) -> Verdict:
    """Compare the fields a command writes.

    Returns:
        `done`: all show what is wanted, nothing is left to write. `expected`: some still show what was expected, none anything else.
        `moved`: some field shows neither.
    """
    left = False
    for path, value in wanted.items():
        now = shown.get(path)
        if exact(now, value):
            continue
        if same(now, expected.get(path)):  # asked first: an edit from "1.5" to "1.50" may be meant
            left = True
        elif not same(now, value):
            return "moved"
    return "expected" if left else "done"


def exact(one: Value, other: Value) -> bool:
    """Compare as spelled; null and "" are one value."""
    return _plain(one) == _plain(other) and isinstance(one, bool) == isinstance(other, bool)


def same(one: Value, other: Value) -> bool:
    """Compare by value where both are decimals, else as spelled."""
    return exact(one, other) or ((number := _decimal(one)) is not None and number == _decimal(other))


def alike(one: Value, other: Value) -> bool:
    """Compare as a target may have stored it: case and spaces forgiven."""
    if isinstance(one, str) and isinstance(other, str) and " ".join(one.split()).casefold() == " ".join(other.split()).casefold():
        return True
    return same(one, other)


def _plain(value: Value) -> Value:
    return None if value == "" else value


def _decimal(value: Value) -> Decimal | None:
    if not isinstance(value, str) or "." not in value:
        return None
    try:
        number = Decimal(value)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
