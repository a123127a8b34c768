"""The time zones that a contact may have (the vendor's FAQ, "What timezones do Contact calls accept?"); any other name is refused."""

from typing import Any

from sandbox.keap.checks import text
from sandbox.keap.errors import Refused

# The copy of the list at hand ended within the Pacific; the last of these are from the table it goes by, jsTimezoneDetect's.
ZONES = frozenset({
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
_NAME = text(60)


def zone(value: Any) -> str | None:
    """Take a name of the list."""
    name: str | None = _NAME(value)
    if name is not None and name not in ZONES:
        raise Refused(f"{name!r} is not a supported time zone")
    return name
