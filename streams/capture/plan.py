"""Decide what a flow's poller does next: the snapshot first, then polls.

Only a *full* poll, which reads the whole overlap again, moves the stored watermark and carries the proof that nothing is lost. With a short
poll interval, *quick* polls between two full ones read what is newest, for speed alone: what they miss the next full one finds.
A sweep (`sweep.py`), a full scan on a schedule, re-checks everything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from schemas.records import Cursor, Survey
from streams.capture import watermark
from streams.capture.fingerprint import TICK_MS

FULL_EVERY_MS: Final = 10_000
"""Polls closer together than this need not each read two minutes again."""
DAY_S: Final = 86_400.0
BUSY: Final = 4
"""A flow that shows changes is polled so much more often than an idle one: who edits one record edits the next."""
BUSY_S: Final = 5.0
"""But not more often than that, unless the settings ask for it."""
BACK_OFF: Final = 1.5
"""How much longer each run that finds nothing makes the next wait."""
HOOKED: Final = 4
"""How much rarer polls become while hooks are relied on."""


@dataclass(frozen=True, slots=True)
class Run:
    """One reading of a side's records of one flow; `since` None reads all of them."""

    kind: Literal["snapshot", "full", "quick", "sweep"]
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


def sweep_at(head: Cursor, survey: Survey, *, every_ms: int, asked: bool, delays: Delays) -> int | None:
    """Return when the next sweep is due (ms), None before the snapshot, which is a full scan itself.

    Two sweeps are never closer than a replica's lag: what both did not show, and neither the question by id, is not merely late.

    Args:
        every_ms: the schedule.
        asked: an operator asks for one now; so does a scan taken for the truth, which has to be confirmed.
    """
    if head.snapshot_at is None:
        return None
    apart_ms = delays.lag_ms + delays.rounded_ms + TICK_MS
    soon = asked or survey.accepted is not None
    return max(head.snapshot_at, survey.swept_at or 0) + (apart_ms if soon else max(every_ms, apart_ms))


def interval_s(poll_s: float, *, idle: int, hooked: bool, least_s: float) -> float:
    """Return how long to wait for the next poll (seconds): within it a change is found that no hook announced.

    Args:
        poll_s: of an idle flow without hooks; the longest wait there.
        idle: how many runs have found nothing since the last one that did.
        hooked: hooks are on, and relied on.
        least_s: what the day's calls allow.
    """
    longest = poll_s * HOOKED if hooked else poll_s
    busy = min(poll_s, max(poll_s / BUSY, BUSY_S))
    return max(min(busy * BACK_OFF ** min(idle, 64), longest), least_s)


def least_s(left: float, day_left_s: float, flows: int) -> float:
    """Return how far apart a flow's polls have to be for the calls that are left to last the day (seconds), a call a poll."""
    return day_left_s if left < flows else day_left_s * flows / left


def calls_per_day(poll_s: float, sweep_s: float, flows: int) -> tuple[float, float]:
    """Return how many calls an account's polls make in a day that is idle, and in one that is busy all along.

    Each sweep adds a call per page, which is known only once the records are counted: one page a flow is counted here.
    """
    sweeps = DAY_S / sweep_s
    idle, busy = (DAY_S / interval_s(poll_s, idle=idle, hooked=False, least_s=0) for idle in (64, 0))
    return flows * (idle + sweeps), flows * (busy + sweeps)


def _since(mark: int, overlap_ms: int, delays: Delays) -> int:
    return watermark.since(mark, overlap_ms=overlap_ms, rounded_ms=delays.rounded_ms, lag_ms=delays.lag_ms)
