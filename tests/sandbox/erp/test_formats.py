"""Instants and dates."""

import pytest

from sandbox.erp.formats import normalise_instant, parse_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01T10:00:00.000Z"),
        ("2026-03-01t10:00:00.5z", "2026-03-01T10:00:00.500Z"),
        ("2026-03-01T00:30:00-02:30", "2026-03-01T03:00:00.000Z"),
        ("1969-12-31T23:59:59.9991Z", "1970-01-01T00:00:00.000Z"),
    ],
)
def test_an_instant_is_written_in_utc_with_milliseconds(text: str, expected: str) -> None:
    """What is finer than a millisecond rounds up, before 1970 too."""
    assert normalise_instant(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-03-01",
        "2026-03-01T10:00:00",
        "2026-03-01 10:00:00Z",
        "2026-W09-7T10:00:00Z",
        "20260301T100000Z",
        "2026-02-30T10:00:00Z",
        "2026-03-01T25:00:00Z",
        "2026-03-01T10:00:00+99:00",
        "0001-01-01T00:00:00+01:00",
        "٢٠٢٦-03-01T10:00:00Z",
    ],
)
def test_what_rfc_3339_does_not_allow_is_refused(text: str) -> None:
    """Neither is a year that cannot be written in UTC."""
    with pytest.raises((ValueError, OverflowError)):
        normalise_instant(text)


@pytest.mark.parametrize("text", ["20260301", "2026-3-1", "2026-W09-7", "2026-02-29"])
def test_a_date_is_written_in_one_way(text: str) -> None:
    """Other spellings of ISO 8601 are refused, and so are days that do not exist."""
    with pytest.raises(ValueError, match=r".+"):
        parse_date(text)
