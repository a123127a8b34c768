"""How far a side was read, and from where the next run reads again.

The watermark comes from the *start* of a finished run: whatever changed later is the next run's. Each run reads an overlap again, for
changes that became visible late; what it shows twice, the inventory drops.
"""

from __future__ import annotations

from typing import Final

from connectors.base import Page

OVERLAP_MS: Final = 120_000
"""Late commits, clock skew and rounding (keap.md section 4: at least two minutes)."""
DISTRUST_MS: Final = 300_000
"""How far the measured clock may be ahead of the server's (beyond the overlap) while the server shows no newer record that would tell."""


def advance(watermark: int | None, *, started_at: int, shown: int | None) -> int:
    """Return the watermark after a finished run.

    Args:
        watermark: the one before the run, which is never undercut.
        started_at: when the run's first request went out, by the server's clock as far as it was measured (ms).
        shown: the latest time of change on the run's *first* page, by the server's clock (ms): that clock stood no earlier when the run
            began. A later page may show what changed during the run, which says nothing. None when it showed none.
    """
    confirmed = max(shown or 0, started_at - DISTRUST_MS)
    return max(watermark or 0, min(started_at, confirmed))


def since(watermark: int, *, overlap_ms: int, rounded_ms: int, lag_ms: int) -> int:
    """Return the time from which the next run reads; a record with exactly this time belongs to it."""
    return watermark - overlap_ms - rounded_ms - lag_ms


def latest_shown(page: Page) -> int | None:
    """Return the latest time of change on a page."""
    return max((record.updated_at for record in page.records if record.updated_at is not None), default=None)


def beyond(page: Page, since_ms: int) -> bool:
    """Tell whether a page of a newest-first listing ends the run: every record on it is older.

    One older record proves nothing: equal times and rows that move while we page stand in any order.
    """
    return all(record.updated_at is not None and record.updated_at < since_ms for record in page.records)
