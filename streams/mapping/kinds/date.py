"""A day, `YYYY-MM-DD`. A day has no zone, so none is ever applied to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain, text_of


@dataclass(frozen=True, slots=True)
class Date(Plain):
    """`date`; a side that keeps an instant needs the converter `date_in_zone`."""

    def read(self, side: Side, native: Value) -> Value:  # noqa: ARG002 - both sides read alike
        """Return the day; raises MappingError for an instant or anything else."""
        text = text_of(native, "a date")
        return None if text is None else day(text)

    def write(self, side: Side, canonical: Value) -> Value:
        """Write the day."""
        return self.read(side, canonical)

    def verbatim(self, side: Side, canonical: Value) -> bool:  # noqa: ARG002 - a canonical day is spelled as both sides write it
        """A day is written as it stands."""
        return True


def day(text: str) -> str:
    """Return `text` as YYYY-MM-DD; raises MappingError."""
    try:
        return date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        raise MappingError(f"{text!r} is not a date (YYYY-MM-DD)", value=text) from None
