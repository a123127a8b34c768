"""A moment, RFC 3339 in UTC.

The canonical form is unique: whole seconds without a fraction, others with milliseconds ("2026-03-29T01:00:00Z", "...00.250Z").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain, text_of


@dataclass(frozen=True, slots=True)
class Instant(Plain):
    """`datetime`."""

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Return the moment in UTC, cut to milliseconds; raises MappingError, also where the zone is missing."""
        text = text_of(native, "a date with time")
        return None if text is None else utc(moment(text))

    def write(self, side: Side, canonical: Value) -> Value:
        """Write the moment in UTC."""
        return self.read(side, canonical)

    def loose(self, canonical: Value) -> Value:
        """Forgive a target that keeps no seconds."""
        return canonical[: len("2026-03-29T01:00")] if isinstance(canonical, str) else canonical


def moment(text: str) -> datetime:
    """Parse an instant, keeping its zone; raises MappingError."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise MappingError(f"{text!r} is not a date with time (RFC 3339)", value=text) from None
    if at.tzinfo is None:
        raise MappingError(f"{text!r} names no zone, so it is no moment", value=text)
    return at


def utc(at: datetime) -> str:
    """Write an instant in its canonical form; raises MappingError where UTC leaves the calendar."""
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise MappingError(f"{at.isoformat()} lies outside the calendar", value=at.isoformat()) from None
    spec = "milliseconds" if at.microsecond >= 1000 else "seconds"  # noqa: PLR2004 - microseconds in a millisecond
    return at.replace(tzinfo=None).isoformat(timespec=spec) + "Z"
