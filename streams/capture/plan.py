"""Decide what a flow's poller does next: the snapshot first, then polls.

Only a *full* poll, which reads the whole overlap again, moves the stored watermark and carries the proof that nothing is lost. With a short
poll interval, *quick* polls between two full ones read what is newest, for speed alone: what they miss the next full one finds.
Sweeps (a full scan on a schedule that re-checks everything) take their turn here when they come.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from schemas.records import Cursor
from streams.capture import watermark

FULL_EVERY_MS: Final = 10_000
"""Polls closer together than this need not each read two minutes again."""


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of a side's records of one flow; `since` None reads all of them."""

    kind: Literal["snapshot", "full", "quick"]
    since: int | None


@dataclass(frozen=True, slots=True)
class Delays:
    """How late a side may show a change: rounded times, and replicas behind (ms)."""

    rounded_ms: int
    lag_ms: int


def next_run(head: Cursor, *, recent: int | None, full_at: int | None, now: int, delays: Delays) -> Run:
    """Return what to read now.

    Args:
        head: the stored cursor.
        recent: the watermark of the last run of any kind since this process took over, None before the first.
        full_at: when the last full run of this process started (ms).
        now: ms since the epoch.
        delays: of the side.
    """
    if head.snapshot_at is None or head.watermark is None:
        return Run("snapshot", None)
    if recent is None or full_at is None or now - full_at >= FULL_EVERY_MS:
        return Run("full", _since(head.watermark, watermark.OVERLAP_MS, delays))
    return Run("quick", _since(recent, 0, delays))


def _since(mark: int, overlap_ms: int, delays: Delays) -> int:
    return watermark.since(mark, overlap_ms=overlap_ms, rounded_ms=delays.rounded_ms, lag_ms=delays.lag_ms)
