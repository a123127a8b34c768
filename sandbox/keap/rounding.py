"""Moments: kept in milliseconds since 1970, shown rounded up to the second on reads and exact in answers to writes.

Seen in recordings of the live API (amp-labs/connectors fixtures): 18:34:11.841 was read back as 18:34:12.000, while
the answer to a write showed its milliseconds.
"""

import re
from datetime import UTC, date, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS_AND_ZONE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)")


def up(moment_ms: int) -> int:
    """Round up to the whole second, still in milliseconds."""
    return -(-moment_ms // 1000) * 1000


def text(moment_ms: int) -> str:
    """Print as `2026-01-01T00:00:00.000Z`."""
    moment = _EPOCH + timedelta(milliseconds=moment_ms)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment_ms % 1000:03d}Z"


def text_rounded_up(moment_ms: int) -> str:
    """Print as reads do: the whole second at or after the moment."""
    return text(up(moment_ms))


def parse_instant(value: str) -> int:
    """Read an ISO 8601 date and time with a zone; ValueError for anything less."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None or "T" not in value:
        raise ValueError(f"{value!r} is no ISO-8601 date-time with a zone")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def parse_filter_time(value: str) -> int:
    """Read a time in a filter, which must carry milliseconds and zone; ValueError otherwise."""
    if not _MILLISECONDS_AND_ZONE.fullmatch(value):
        raise ValueError(f"{value!r} is not of the form 2026-01-01T00:00:00.000Z")
    return parse_instant(value)


def parse_date(value: str) -> str:
    """Read a plain `YYYY-MM-DD`; ValueError otherwise."""
    if date.fromisoformat(value).isoformat() != value:
        raise ValueError(f"{value!r} is not of the form 2026-01-01")
    return value
