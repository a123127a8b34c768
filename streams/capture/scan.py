"""Carry out one run: read page after page, publish what is fresh of each, conclude with the cursor.

1. A page's Changes and its part of the inventory are one transaction; a crash repeats that page.
2. The last transaction of a run carries the new head, so the watermark never passes a record that is not committed.
3. A snapshot's last transaction also carries its ScanMark, behind the last record. A crash before it repeats the scan; what was
   published before the crash is known by the inventory and not published again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial

from msgspec.structs import replace

from connectors.base import Page
from schemas.errors import RejectedError
from schemas.records import Cursor, ScanMark
from streams.capture import watermark
from streams.capture.feed import Feed
from streams.capture.plan import Run
from streams.patience import Patience


@dataclass(frozen=True, slots=True)
class Start:
    """When a run's first request went out, and the latest time of change it showed (ms)."""

    at: int
    shown: int | None
    skew_ms: int

    @property
    def theirs(self) -> int:
        """The same moment by the side's clock, which the watermark is by."""
        return self.at + self.skew_ms


async def scan(feed: Feed, run: Run, patience: Patience) -> int:
    """Read what the run asks for and return how many Changes were published.

    Raises:
        RecordError: the side refuses the request for good.
        FatalError: credentials refused, or the partition belongs to another process.
    """
    position, published = feed.position, 0
    start: Start | None = None
    ids: set[str] = set()
    async for page, last in pages(feed, run, patience):
        skew_ms = feed.source.skew_ms()
        start = start or Start(page.read_at, watermark.latest_shown(page), skew_ms)
        ids.update(record.id for record in page.records)
        fresh = position.fresh(page, feed.delays.lag_ms, skew_ms=skew_ms)
        published += len(fresh)
        if feed.hints and run.kind != "snapshot":
            feed.hints.found(position.unexpected(fresh), page.read_at)
        head = _concluded(feed, run, start) if last else None
        mark = _mark(head, run, start, len(ids)) if head else None
        if fresh or (head and run.kind != "quick"):
            await feed.publisher.publish(position, fresh, mark=mark, head=head)
        if last:
            position.recent = watermark.advance(position.recent, started_at=start.theirs, shown=start.shown)
            position.full_at = start.at if run.kind != "quick" else position.full_at
    return published


async def pages(feed: Feed, run: Run, patience: Patience) -> AsyncIterator[tuple[Page, bool]]:
    """Yield each page of a run, and whether it is the last one."""
    cursor: str | None = None
    while True:
        page = await patience(partial(feed.source.page, feed.flow, since=run.since, cursor=cursor))
        if page.next is not None and page.next == cursor:
            raise RejectedError(f"{feed.source.side}: the page after {cursor!r} names itself as the next one")
        last = page.next is None or (feed.newest_first and run.since is not None and watermark.beyond(page, run.since))
        yield page, last
        if last:
            return
        cursor = page.next


def _concluded(feed: Feed, run: Run, start: Start) -> Cursor:
    head = replace(feed.position.head, polled_at=start.at, quota_left=feed.source.quota().available, skew_ms=start.skew_ms)
    if run.kind == "quick":
        return head
    advanced = watermark.advance(head.watermark, started_at=start.theirs, shown=start.shown)
    return replace(head, watermark=advanced, snapshot_at=start.at if run.kind == "snapshot" else head.snapshot_at)


def _mark(head: Cursor, run: Run, start: Start, count: int) -> ScanMark | None:
    if run.kind != "snapshot":
        return None
    return ScanMark(head.connection, head.side, head.entity, kind="snapshot", started_at=start.at, count=count)
