"""Moments: one canonical form in UTC."""

from __future__ import annotations

import pytest

from schemas.errors import MappingError
from streams.mapping.kinds.date import Date
from streams.mapping.kinds.instant import Instant


@pytest.mark.parametrize(
    ("native", "canonical"),
    [
        ("2026-03-29T03:00:00+02:00", "2026-03-29T01:00:00Z"),
        ("2024-11-20T18:34:12.000+0000", "2024-11-20T18:34:12Z"),
        ("2026-03-29T01:00:00.2509Z", "2026-03-29T01:00:00.250Z"),
        ("2026-03-29T01:00:00.0004Z", "2026-03-29T01:00:00Z"),
    ],
)
def test_equal_moments_have_equal_keys(native: str, canonical: str):
    """Whatever the zone and the precision they came in."""
    assert Instant().read("keap", native) == canonical
    assert Instant().key(Instant().read("keap", native)) == Instant().key(canonical)


@pytest.mark.parametrize("native", ["2026-03-29T01:00:00", "2026-03-29", "yesterday", "0001-01-01T00:00:00+10:00", 5, True])
def test_what_is_no_moment_is_refused(native: str | int):
    """A time without a zone may be any of a day's moments."""
    with pytest.raises(MappingError):
        Instant().read("keap", native)


def test_a_target_without_seconds_is_forgiven():
    """Loosely, a moment is its minute."""
    assert Instant().loose("2026-03-29T01:00:42.250Z") == Instant().loose("2026-03-29T01:00:00Z")


def test_an_instant_is_no_date():
    """A plain date row never drops a time: that takes a zone."""
    with pytest.raises(MappingError, match="is not a date"):
        Date().read("keap", "2026-03-29T01:00:00Z")
