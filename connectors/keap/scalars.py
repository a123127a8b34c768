"""Properties of one plain value: text, switches, numbers, days, instants.

Read: null, "" and missing are None. Written: None is an explicit null, which with `update_mask` clears.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from connectors.jsonbytes import Json, plain
from connectors.keap.names import Names
from connectors.times import to_ms, to_text
from schemas.errors import RejectedError
from schemas.flows import Fields, Value


@dataclass(frozen=True, slots=True)
class Scalar:
    """One property.

    Attributes:
        reads, writes: between JSON and the native value; never given None.
    """

    member: str
    reads: Callable[[Any], Value]
    writes: Callable[[Any], Any] | None

    @property
    def properties(self) -> tuple[str, ...]:
        """Its own name."""
        return (self.member,)

    @property
    def writable(self) -> bool:
        """Whether it can be written."""
        return self.writes is not None

    def read(self, raw: Json, _names: Names) -> Fields:
        """Return the value under its name."""
        value = raw.get(self.member)
        return {self.member: None if value in (None, "") else self.reads(value)}

    def write(self, changes: Fields, _raw: Json, _names: Names) -> Json:
        """Return the member of the body; raises RejectedError for a value that is not of its type."""
        value = changes[self.member]
        return {self.member: None if value is None or self.writes is None else self.writes(value)}


def text(*members: str) -> tuple[Scalar, ...]:
    """Properties of text; whatever else comes is printed."""
    return tuple(Scalar(member, str, lambda value: value) for member in members)


def flags(*members: str) -> tuple[Scalar, ...]:
    """Switches; 0 and 1 are read too (Keap v1)."""
    return tuple(Scalar(member, bool, lambda value: value) for member in members)


def numbers(*members: str) -> tuple[Scalar, ...]:
    """JSON numbers that travel as decimal strings in major units."""
    return tuple(Scalar(member, lambda value: plain(Decimal(str(value))), decimal_of) for member in members)


def days(*members: str) -> tuple[Scalar, ...]:
    """Dates; a time behind the date is dropped, unread."""
    return tuple(Scalar(member, lambda value: str(value)[:_DAY], lambda value: value) for member in members)


def instants(*members: str) -> tuple[Scalar, ...]:
    """Date-times, in UTC with milliseconds."""
    return tuple(Scalar(member, instant_of, instant_of) for member in members)


def read_only(*scalars: Scalar) -> tuple[Scalar, ...]:
    """The same properties, never written."""
    return tuple(Scalar(scalar.member, scalar.reads, None) for scalar in scalars)


def decimal_of(value: Any) -> Decimal:
    """Return a decimal; raises RejectedError for what is none."""
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise RejectedError(f"{value!r} is no number") from error
    if not number.is_finite():
        raise RejectedError(f"{value!r} is no number")
    return number


def instant_of(value: Any) -> str:
    """Return an instant in the one form we use; what is no instant stays as it is, for the mapping to complain of."""
    try:
        return to_text(to_ms(str(value)))
    except ValueError:
        return str(value)


_DAY: Final = len("2026-01-01")
