"""Instants: integers in ms since the epoch inside, `2026-01-01T00:00:00.000Z` outside.

That form, with milliseconds and Z, is also the only one that Keap's filters take.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)


def to_ms(text: str) -> int:
    """Read an ISO 8601 date-time, `+0000` without a colon too (Keap v1); one without a zone is UTC. ValueError for others."""
    moment = datetime.fromisoformat(text)
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH) // _MS


def to_text(moment_ms: int) -> str:
    """Print as `2026-01-01T00:00:00.000Z`."""
    return (_EPOCH + timedelta(milliseconds=moment_ms)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def ms_or_none(value: object) -> int | None:
    """Read a time that an API may leave out; None for anything that is no time."""
    try:
        return to_ms(value) if isinstance(value, str) and value else None
    except ValueError:
        return None
