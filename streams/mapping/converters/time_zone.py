"""Time zones: Keap takes those of a list of its own, the ERP any name of the IANA database. Travels as typed.

A name that is not on the list is not written to Keap: Keap would refuse the record whole, for one field (docs/keap.md, 2.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.errors import MappingError
from schemas.flows import Side, Value
from streams.mapping.kinds.plain import Plain
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

# Keap's developer FAQ, "What timezones do Contact calls accept?". The copy at hand ended within the Pacific; its order is that of
# jsTimezoneDetect's table, from which Apia, Auckland, Chatham, Kiritimati and Tongatapu were added: one too many costs a refusal by
# Keap, one too few a zone that is not written.
KEAP_ZONES: Final = frozenset({
    "Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "Africa/Windhoek", "America/Adak", "America/Anchorage",
    "America/Argentina/Buenos_Aires", "America/Asuncion", "America/Bogota", "America/Campo_Grande", "America/Caracas", "America/Chicago",
    "America/Denver", "America/Godthab", "America/Goose_Bay", "America/Guatemala", "America/Halifax", "America/Havana",
    "America/Los_Angeles", "America/Mazatlan", "America/Mexico_City", "America/Miquelon", "America/Montevideo", "America/New_York",
    "America/Noronha", "America/Phoenix", "America/Santa_Isabel", "America/Santiago", "America/Santo_Domingo", "America/Sao_Paulo",
    "America/St_Johns", "Asia/Baghdad", "Asia/Baku", "Asia/Beirut", "Asia/Damascus", "Asia/Dhaka", "Asia/Dubai", "Asia/Gaza",
    "Asia/Irkutsk", "Asia/Jakarta", "Asia/Jerusalem", "Asia/Kabul", "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Krasnoyarsk",
    "Asia/Omsk", "Asia/Rangoon", "Asia/Shanghai", "Asia/Tehran", "Asia/Tokyo", "Asia/Vladivostok", "Asia/Yakutsk", "Asia/Yekaterinburg",
    "Asia/Yerevan", "Atlantic/Azores", "Atlantic/Cape_Verde", "Atlantic/Stanley", "Australia/Adelaide", "Australia/Brisbane",
    "Australia/Darwin", "Australia/Eucla", "Australia/Lord_Howe", "Australia/Sydney", "Europe/Berlin", "Europe/Istanbul", "Europe/London",
    "Europe/Minsk", "Europe/Moscow", "Pacific/Apia", "Pacific/Auckland", "Pacific/Chatham", "Pacific/Easter", "Pacific/Fiji",
    "Pacific/Gambier", "Pacific/Honolulu", "Pacific/Kiritimati", "Pacific/Majuro", "Pacific/Marquesas", "Pacific/Norfolk",
    "Pacific/Noumea", "Pacific/Pago_Pago", "Pacific/Pitcairn", "Pacific/Tarawa", "Pacific/Tongatapu", "UTC",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class TimeZone(Plain):
    """A zone's name; `base` says how long it may be."""

    base: Kind

    def read(self, side: Side, native: Value) -> Value:
        """Keep the name as typed, whatever it is."""
        return self.base.read(side, native)

    def write(self, side: Side, canonical: Value) -> Value:
        """Write the name as typed; raises MappingError for one that Keap does not take."""
        name = self.base.write(side, canonical)
        if side == "keap" and name is not None and name not in KEAP_ZONES:
            raise MappingError(f"{name!r} is none of the time zones that Keap takes", value=name)
        return name

    def verbatim(self, side: Side, canonical: Value) -> bool:
        """Names that Keap takes are written as they are."""
        return (side == "erp" or canonical in KEAP_ZONES) and self.base.verbatim(side, canonical)


def time_zone(base: Kind, options: MappingOptions) -> Kind:  # noqa: ARG001 - every converter is built alike
    """Return the kind of a time zone's row."""
    return TimeZone(base)
