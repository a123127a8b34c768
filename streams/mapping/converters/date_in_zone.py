"""Days that Keap keeps as instants: the day is the one its account's zone shows.

Written as noon of that day: a reader up to eleven zones away still sees the same day, where midnight would already be another one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.date import day
from streams.mapping.kinds.instant import moment, utc
from streams.mapping.kinds.plain import Plain, text_of
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

_DAY: Final = len("YYYY-MM-DD")


@dataclass(frozen=True, slots=True)
class DateInZone(Plain):
    """A day; `zones` are those in which each side's instants become days."""

    base: Kind
    zones: dict[Side, ZoneInfo]

    def read(self, side: Side, native: Value) -> Value:
        """Return the day a side shows; a bare date stays as it is."""
        text = text_of(native, "a date")
        if text is None:
            return None
        text = text.strip()
        return day(text) if len(text) <= _DAY else self._day_of(side, moment(text))

    def write(self, side: Side, canonical: Value) -> Value:
        """Write noon to Keap, the day to the ERP; raises MappingError for a day that the zone skipped."""
        text = self.base.write(side, canonical)
        if text is None or side == "erp":
            return text
        noon = datetime.fromisoformat(f"{text}T12:00:00").replace(tzinfo=self.zones[side])
        instant = utc(noon)
        if self._day_of(side, moment(instant)) != text:
            # Crossing the date line skips a day: Apia had no 30 December 2011.
            raise MappingError(f"{text} does not exist in {self.zones[side].key}", value=text)
        return instant

    def _day_of(self, side: Side, at: datetime) -> str:
        try:
            return at.astimezone(self.zones[side]).date().isoformat()
        except OverflowError:
            raise MappingError(f"{at.isoformat()} lies outside the calendar", value=at.isoformat()) from None


def date_in_zone(base: Kind, options: MappingOptions) -> Kind:
    """Return the kind of a row whose Keap side is an instant and whose ERP side is a day."""
    return DateInZone(base, {"keap": ZoneInfo(options.keap_zone), "erp": ZoneInfo(options.erp_zone)})
