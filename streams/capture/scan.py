"""Carry out one run: read page after page, publish what is fresh of each, conclude with the cursor.

1. A page's Changes and its part of the inventory are one transaction; a crash repeats that page.
2. The last transaction of a run carries the new head, so the watermark never passes a record that is not committed.
3. A snapshot's last transaction also carries its ScanMark, behind the last record. A crash before it repeats the scan; what was
   published before the crash is known by the inventory and not published again.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial

from connectors.base import Page
from schemas.errors import RejectedError
from schemas.records import Cursor, ScanMark
from streams.capture import watermark
from streams.capture.feed import Feed
from streams.capture.plan import Run
from streams.patience import Patience


async def scan(feed: Feed, run: Run, patience: Patience) -> int:
    """Read what the run asks for and return how many Changes were published.

    Raises:
        RecordError: the side refuses the request for good.
        FatalError: credentials refused, or the partition belongs to another process.
    """
    position, published = feed.position, 0
    started_at: int | None = None
    newest: int | None = None
    ids: set[str] = set()
    async for page, last in _pages(feed, run, patience):
        started_at = page.read_at if started_at is None else started_at
        newest = max(newest or 0, watermark.newest_shown(page) or 0) or None
        ids.update(record.id for record in page.records)
        fresh = position.fresh(page, feed.delays.lag_ms)
        published += len(fresh)
        head = _concluded(feed, run, started_at, newest) if last else None
        mark = _mark(head, run, started_at, len(ids)) if head else None
        if fresh or (head and run.kind != "quick"):
            await feed.publisher.publish(position, fresh, mark=mark, head=head)
        if last:
            position.recent = watermark.advance(position.recent, started_at=started_at, newest=newest)
            position.full_at = started_at if run.kind != "quick" else position.full_at
    return published


async def _pages(feed: Feed, run: Run, patience: Patience) -> AsyncIterator[tuple[Page, bool]]:
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


def _concluded(feed: Feed, run: Run, started_at: int, newest: int | None) -> Cursor:
    head = replace(feed.position.head, polled_at=started_at, quota_left=feed.source.quota().available)
    if run.kind == "quick":
        return head
    advanced = watermark.advance(head.watermark, started_at=started_at, newest=newest)
    return replace(head, watermark=advanced, snapshot_at=started_at if run.kind == "snapshot" else head.snapshot_at)


def _mark(head: Cursor, run: Run, started_at: int, count: int) -> ScanMark | None:
    if run.kind != "snapshot":
        return None
    return ScanMark(head.connection, head.side, head.entity, kind="snapshot", started_at=started_at, count=count)
