"""Instants, dates and the clock: RFC 3339 in, UTC with milliseconds out.

Inside the server an instant is a whole number of milliseconds since the epoch.
"""

import re
from datetime import UTC, date, datetime, timedelta

from sandbox.http.clock import now_ms

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
# fromisoformat takes more than RFC 3339 allows: week dates, no separators, no offset.
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def now() -> int:
    """Read the clock."""
    return now_ms()


def parse_instant(text: str) -> int:
    """Read an instant, rounded up to the millisecond; raises `ValueError` for what RFC 3339 does not allow."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(text)
    return -((_EPOCH - datetime.fromisoformat(text.upper())) // _MILLISECOND)


def format_instant(instant: int) -> str:
    """Write an instant; raises `OverflowError` outside the years 1 to 9999."""
    return (_EPOCH + instant * _MILLISECOND).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def normalise_instant(text: str) -> str:
    """Write an instant the way answers do; raises `ValueError` or `OverflowError`."""
    return format_instant(parse_instant(text))


def parse_date(text: str) -> date:
    """Read a date; raises `ValueError`."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)
