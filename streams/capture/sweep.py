"""Read a flow whole again and find what polls cannot: records that are gone, and changes that moved no time.

1. What a page shows anew is published as it is met, like a poll's (capture = sweep).
2. A scan that shows less than 90 % of what was known when it began, or that the side ends with a refusal, is not believed: nothing is
   marked, nothing deleted, and an alarm stands until an operator decides or a scan is whole again.
3. A believed scan marks what it did not show. What the one before marked too is asked for by its id, and only a 404 or a deleted flag
   is a deletion.
4. The last transaction carries the marks, the ScanMark and the survey.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import structlog
from msgspec.structs import replace

from connectors.base import Page
from schemas.errors import GoneError, RecordError, RejectedError
from schemas.records import Capture, ScanMark, Survey
from streams.capture.feed import Feed
from streams.capture.fingerprint import MISSED
from streams.capture.plan import Run
from streams.capture.position import Fresh
from streams.capture.scan import pages
from streams.clock import now_ms
from streams.patience import Patience

WHOLE: Final = 0.9
"""The share of the known records that a scan has to show: filters, rights and half-empty pages fail in larger steps than people delete."""
AT_ONCE: Final = 100
"""Deletions in a transaction."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep came to."""

    published: int
    deleted: int
    believed: bool


async def sweep(feed: Feed, patience: Patience) -> Swept:
    """Read everything once, beside the polls.

    Raises:
        RecordError: the side refuses a page for good; nothing is concluded from what came before it.
        FatalError: credentials refused, or the partition belongs to another process.
    """
    position = feed.position
    known = position.inventory.expected()
    seen: set[str] = set()
    started_at, published = now_ms(), 0
    try:
        async for page, _ in pages(feed, Run("sweep", None), patience):
            seen.update(record.id for record in page.records)
            if fresh := position.fresh(page, feed.delays.lag_ms, "sweep", skew_ms=feed.source.skew_ms()):
                await feed.publisher.publish(position, fresh)
                published += len(fresh)
    except RecordError as error:
        await _alarm(feed, replace(position.survey, known=len(known), found=len(known & seen), refused=str(error)), started_at)
        raise
    absent = known - seen
    taken = replace(position.survey, swept_at=started_at, known=len(known), found=len(known) - len(absent), refused=None)
    if not believed(taken, taken.accepted):
        await _alarm(feed, taken, started_at)
        return Swept(published, 0, believed=False)
    twice = sorted(id_ for id_ in absent if position.inventory.get(id_) == MISSED)
    deleted = await _ask_for(feed, twice, patience)
    head = position.head
    mark = ScanMark(head.connection, head.side, head.entity, kind="sweep", started_at=started_at, count=len(seen))
    once = absent - set(twice)
    await feed.publisher.publish(position, mark=mark, missed=once, survey=lambda before: _concluded(before, taken, asked_all=not once))
    return Swept(published, deleted, believed=True)


def believed(taken: Survey, accepted: int | None) -> bool:
    """Tell whether a scan that found so many of the known records can be true; an operator may have said so of one like it."""
    return taken.found >= WHOLE * taken.known or (accepted is not None and taken.found >= WHOLE * accepted)


async def ask(feed: Feed, record_id: str, capture: Capture, patience: Patience) -> Fresh | None:
    """Read one record by its id: what it shows if that is news, its deletion if it is not there any more and was known."""
    read_at = now_ms()

    async def get() -> Page:
        nonlocal read_at
        read_at = now_ms()
        return Page((await feed.source.get(feed.flow, record_id),), None, read_at)

    try:
        page = await patience(get)
    except GoneError:
        return feed.position.deletion(record_id, read_at, capture) if record_id in feed.position.inventory else None
    fresh = feed.position.fresh(page, feed.delays.lag_ms, capture, skew_ms=feed.source.skew_ms())
    return fresh[0] if fresh else None


async def _ask_for(feed: Feed, ids: Sequence[str], patience: Patience) -> int:
    """Ask for records that two sweeps did not show, publish what became of them, return how many are gone."""
    deleted = 0
    for start in range(0, len(ids), AT_ONCE):
        found = [fresh for id_ in ids[start : start + AT_ONCE] if (fresh := await _proved(feed, id_, patience))]
        if found:
            await feed.publisher.publish(feed.position, found)
        deleted += sum(fresh.change.op == "delete" for fresh in found)
    return deleted


async def _proved(feed: Feed, record_id: str, patience: Patience) -> Fresh | None:
    try:
        return await ask(feed, record_id, "reread", patience)
    except RejectedError as error:  # a refusal is no proof; the next sweep asks again
        log.warning("record.refused", ref=f"{feed.source.side}/{feed.flow}/{record_id}", error=str(error))
        return None


async def _alarm(feed: Feed, taken: Survey, at: int) -> None:
    log.error(
        "sweep.disbelieved",
        connection=taken.connection,
        side=taken.side,
        flow=feed.flow,
        known=taken.known,
        found=taken.found,
        refused=taken.refused,
    )
    await feed.publisher.publish(feed.position, survey=lambda before: _merged(before, taken, alarm_at=before.alarm_at or at))


def _concluded(before: Survey, taken: Survey, *, asked_all: bool) -> Survey:
    """What was accepted holds until every record that was not shown has been asked for, or a scan is whole again."""
    done = asked_all or believed(taken, None)
    return replace(_merged(before, taken, alarm_at=None), accepted=None if done else before.accepted)


def _merged(before: Survey, taken: Survey, *, alarm_at: int | None) -> Survey:
    now = replace(before, swept_at=taken.swept_at, known=taken.known, found=taken.found, alarm_at=alarm_at)
    return replace(now, refused=taken.refused)
