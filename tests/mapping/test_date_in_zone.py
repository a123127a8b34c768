"""Days that one side keeps as instants: no zone and no clock change ever shifts them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest

from schemas.errors import MappingError
from schemas.flows import Value
from streams.mapping.converters.date_in_zone import date_in_zone
from streams.mapping.kinds.date import Date
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Kind

MIDNIGHT_CHANGES = ["America/Havana", "America/Sao_Paulo", "Asia/Beirut", "Africa/Cairo", "Asia/Tehran", "America/Asuncion"]
"""Zones whose clocks jump at midnight, so that some days have none."""
FAR_AND_ODD = ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Australia/Lord_Howe", "Asia/Kathmandu", "Europe/London", "America/New_York"]


def clock_changes(zone: str, first: int, last: int) -> Iterator[str]:
    """Yield the days on which a zone's offset changes, and those around them."""
    at, end = datetime(first, 1, 1, 12, tzinfo=UTC), datetime(last + 1, 1, 1, tzinfo=UTC)
    place, before = ZoneInfo(zone), None
    while at < end:
        offset = at.astimezone(place).utcoffset()
        if before is not None and offset != before:
            yield from (str((at + timedelta(days=shift)).date()) for shift in (-1, 0, 1))
        at, before = at + timedelta(days=1), offset


def kind_in(zone: str) -> Kind:
    """Return the kind of a date row in a Keap account of that zone."""
    return date_in_zone(Date(), MappingOptions(keap_zone=zone))


def shifted(zone: str, days: Iterator[str]) -> list[str]:
    """Return the days that ten round trips through Keap's instants changed."""
    kind = kind_in(zone)
    wrong = []
    for day in days:
        value: Value = day
        for _ in range(10):
            value = kind.read("erp", kind.write("erp", kind.read("keap", kind.write("keap", value))))
        if value != day:
            wrong.append(f"{zone} {day} -> {value}")
    return wrong


def test_no_day_shifts_in_any_zone_where_clocks_change():
    """All zones, all days around this year's clock changes, ten round trips: zero shifts."""
    assert [line for zone in sorted(available_timezones()) for line in shifted(zone, clock_changes(zone, 2026, 2026))] == []


@pytest.mark.parametrize("zone", [*MIDNIGHT_CHANGES, *FAR_AND_ODD])
def test_no_day_shifts_over_the_years(zone: str):
    """Also where midnight is missing, offsets are odd or the date line is near."""
    days = list(clock_changes(zone, 2015, 2030)) or ["2026-01-01"]
    assert shifted(zone, iter(days)) == []


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("America/New_York", "2026-03-09T03:30:00Z", "2026-03-08"),
        ("America/New_York", "2026-03-09T04:00:00Z", "2026-03-09"),
        ("Pacific/Auckland", "2026-03-08T23:00:00+00:00", "2026-03-09"),
        ("UTC", "2026-03-08", "2026-03-08"),
    ],
)
def test_the_day_is_the_one_the_account_shows(zone: str, instant: str, day: str):
    """An instant's day depends on the zone; a bare date's does not."""
    assert kind_in(zone).read("keap", instant) == day


@pytest.mark.parametrize("reader", ["Pacific/Honolulu", "America/Los_Angeles", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney"])
def test_readers_in_other_zones_see_the_same_day(reader: str):
    """What is written for London is noon there, and that day nearly everywhere."""
    written = kind_in("Europe/London").write("keap", "2026-01-15")
    assert kind_in(reader).read("keap", written) == "2026-01-15"


def test_each_side_has_its_own_zone():
    """An ERP that keeps instants is read in its zone."""
    kind = date_in_zone(Date(), MappingOptions(keap_zone="America/Los_Angeles", erp_zone="Asia/Tokyo"))
    assert kind.read("keap", "2026-06-01T22:00:00Z") == "2026-06-01"
    assert kind.read("erp", "2026-06-01T22:00:00Z") == "2026-06-02"


def test_a_day_that_never_was_is_refused():
    """Apia crossed the date line: it had no 30 December 2011, and the next day is not it."""
    with pytest.raises(MappingError, match="2011-12-30 does not exist in Pacific/Apia"):
        kind_in("Pacific/Apia").write("keap", "2011-12-30")


@pytest.mark.parametrize("value", ["2026-02-30", "soon", "2026-03-08T10:00:00", "0001-01-01T00:00:00Z"])
def test_what_is_no_day_is_refused(value: str):
    """Neither impossible days nor moments without a zone, nor ones outside the calendar."""
    with pytest.raises(MappingError):
        kind_in("America/New_York").read("keap", value)
