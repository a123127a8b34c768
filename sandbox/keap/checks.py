"""What a property takes when it is written: one check per kind of value.

A check gets the JSON value and returns what is stored, or raises Refused. None is the one cleared value: null, "" and
empty objects all come to it.
"""

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from sandbox.keap import rounding
from sandbox.keap.errors import Refused

Check = Callable[[Any], Any]

_INT64 = 2**63


def text(limit: int, pattern: str | None = None) -> Check:
    """Take a string of at most `limit` characters, matching `pattern` when there is one."""

    def check(value: Any) -> str | None:
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise Refused("must be a string")
        if len(value) > limit:
            raise Refused(f"must not be longer than {limit} characters")
        if pattern and not re.fullmatch(pattern, value):
            raise Refused(f"must match {pattern}")
        return value

    return check


def integer(low: int = -_INT64, high: int = _INT64 - 1) -> Check:
    """Take a JSON integer; a float or a numeric string is refused."""

    def check(value: Any) -> int | None:
        if value is None or value == "":
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused("must be an integer")
        if not low <= value <= high:
            raise Refused(f"must lie between {low} and {high}")
        return value

    return check


def number(value: Any) -> float | None:
    """Take any JSON number."""
    if value is None or value == "":
        return None
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise Refused("must be a number")
    return float(value)


def boolean(value: Any) -> bool | None:
    """Take true or false."""
    if value is None or value == "":
        return None
    if not isinstance(value, bool):
        raise Refused("must be true or false")
    return value


def switch(value: Any) -> bool:
    """Take true or false; cleared is off."""
    return boolean(value) or False


def date(value: Any) -> str | None:
    """Take `YYYY-MM-DD`."""
    return _parsed(rounding.parse_date, value)


def instant(value: Any) -> str | None:
    """Take an ISO 8601 date-time with a zone; kept in UTC."""
    return _parsed(lambda given: rounding.text(rounding.parse_instant(given)), value)


def _parsed(parse: Callable[[str], str], value: Any) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Refused("must be a string")
    try:
        return parse(value)
    except ValueError as error:
        raise Refused(str(error)) from error


def one_of(*choices: str) -> Check:
    """Take one of an enum's names."""

    def check(value: Any) -> str | None:
        if value is None or value == "":
            return None
        if value not in choices:
            raise Refused(f"must be one of {', '.join(choices)}")
        return str(value)

    return check


def reference(value: Any) -> str | None:
    """Take the id of another record; whether it exists is looked up later."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not value.isascii() or not value.isdecimal():
        raise Refused("must be an id (a string of digits)")
    return str(int(value))


def part(properties: Mapping[str, Check]) -> Check:
    """Take an object of these properties and no others; one with nothing in it is none."""

    def check(value: Any) -> dict[str, Any] | None:
        if value is None or value == "":
            return None
        if not isinstance(value, dict):
            raise Refused("must be an object")
        kept = {}
        for name, given in value.items():
            if name not in properties:
                raise Refused(f"has the unknown or read-only property {name}")
            try:
                kept[name] = properties[name](given)
            except Refused as refused:
                raise Refused(f"{name} {refused}") from refused
        return {name: taken for name, taken in kept.items() if taken is not None} or None

    return check


def anything(value: Any) -> Any:
    """Take any JSON value."""
    return None if value == "" else value
