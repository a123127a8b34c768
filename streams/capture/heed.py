"""Follow hints: read each record that a hook spoke of, once every replica shows what the hook was about, and publish what is new.

Many at once are an import or our own backfill: one poll reads them in pages.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from schemas.records import Survey
from streams.capture.feed import Feed
from streams.capture.hints import Hints
from streams.capture.sweep import ask
from streams.clock import now_ms
from streams.patience import Patience

MANY: Final = 20
"""Records: more calls than the pages of a poll cost."""


async def heed(feed: Feed, hints: Hints, patience: Patience) -> int:
    """Wait for hints that can be followed, follow them, and return how many Changes were published.

    Raises:
        RecordError: the side refuses the request for good; the hints are dropped, polls find what they meant.
        FatalError: credentials refused, or the partition belongs to another process.
    """
    await hints.arrived.wait()
    await asyncio.sleep(max(0, (hints.next_at() or 0) - now_ms()) / 1000)
    read_at = now_ms()
    ids = hints.due(read_at)
    try:
        if len(ids) > MANY:
            feed.poll_now.set()
            return 0
        return await _read(feed, ids, patience)
    finally:
        hints.done(ids, read_at)


async def _read(feed: Feed, ids: Sequence[str], patience: Patience) -> int:
    fresh = [news for id_ in ids if (news := await ask(feed, id_, "hook", patience))]
    if fresh:
        await feed.publisher.publish(feed.position, fresh, survey=lambda before: _counted(before, len(fresh)))
    return len(fresh)


def _counted(before: Survey, changes: int) -> Survey:
    return replace(before, hinted=before.hinted + changes)
