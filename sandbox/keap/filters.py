"""`filter=`: terms joined by `;` (all must hold), each a field, an operator and a value.

Only listed fields, only their operators, only well-formed values; anything else is 400. Nothing can be escaped.
Text compares without regard to case, as the collation of Keap's database does.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from sandbox.keap import rounding
from sandbox.keap.errors import bad_request


class Condition(NamedTuple):
    """A piece of SQL and its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


Filter = Callable[[str, str], Condition]  # (operator, value); raises ValueError

_TERM = re.compile(r"([a-z0-9_]+)(==|>=|<=|>|<)(.*)", re.DOTALL)


def parse(expression: str, filters: Mapping[str, Filter], apart: Iterable[frozenset[str]] = ()) -> list[Condition]:
    """Turn `a==v;b>w` into conditions; raises ApiError 400.

    Args:
        expression: The decoded value of the parameter; a trailing `;` is fine (the vendor's examples have it).
        filters: What may be filtered by.
        apart: Sets of fields that may not stand in one filter.
    """
    conditions, names = [], set()
    for term in filter(None, expression.split(";")):
        matched = _TERM.fullmatch(term)
        if not matched or matched[1] not in filters:
            raise bad_request(f"Invalid filter: {term!r}. Allowed fields: {', '.join(filters)}", "filter")
        name, operator, value = matched.groups()
        try:
            conditions.append(filters[name](operator, value))
        except ValueError as error:
            raise bad_request(f"Invalid filter on {name}: {error}", "filter") from error
        names.add(name)
    for exclusive in apart:
        if exclusive <= names:
            raise bad_request(f"{' and '.join(sorted(exclusive))} cannot be used together", "filter")
    return conditions


def _only_equals(operator: str) -> None:
    if operator != "==":
        raise ValueError(f"operator {operator} is not supported, only ==")


def exact(*expressions: str) -> Filter:
    """Hold when any of the expressions equals the value."""

    def condition(operator: str, value: str) -> Condition:
        _only_equals(operator)
        sql = " OR ".join(f"{expression} = ? COLLATE NOCASE" for expression in expressions)
        return Condition(f"({sql})", (value,) * len(expressions))

    return condition


def prefix(*expressions: str) -> Filter:
    """Like `exact`; a value that ends in `*` holds for whatever begins with the rest."""
    equal = exact(*expressions)

    def condition(operator: str, value: str) -> Condition:
        if not value.endswith("*"):
            return equal(operator, value)
        _only_equals(operator)
        start = value[:-1].lower()
        sql = " OR ".join(f"substr(lower({expression}), 1, ?) = ?" for expression in expressions)
        return Condition(f"({sql})", (len(start), start) * len(expressions))

    return condition


def compared(expression: str, parse_number: Callable[[str], float] = int) -> Filter:
    """Hold by any of the five operators on a number."""

    def condition(operator: str, value: str) -> Condition:
        return Condition(f"{expression} {'=' if operator == '==' else operator} ?", (parse_number(value),))

    return condition


def identifier(expression: str) -> Filter:
    """Hold when the referenced id, kept as text, is this one."""

    def condition(operator: str, value: str) -> Condition:
        _only_equals(operator)
        return Condition(f"{expression} = ?", (str(int(value)),))

    return condition


def id_set(most: int = 1000) -> Filter:
    """Hold for the listed ids (`1,2,3`), at most `most` of them."""

    def condition(operator: str, value: str) -> Condition:
        _only_equals(operator)
        ids = [int(one) for one in value.split(",")]
        if len(ids) > most:
            raise ValueError(f"more than {most} ids")
        return Condition(f"id IN ({', '.join('?' * len(ids))})", tuple(ids))

    return condition


def since(operator: str, value: str) -> Condition:
    """Hold for records changed at or after a time, by the whole second that reads show."""
    _only_equals(operator)
    return Condition("updated_s * 1000 >= ?", (rounding.parse_filter_time(value),))


def until(operator: str, value: str) -> Condition:
    """Hold for records changed at or before a time, by the whole second that reads show."""
    _only_equals(operator)
    return Condition("updated_s * 1000 <= ?", (rounding.parse_filter_time(value),))
