"""Run after run over one flow, for as long as its partition is ours."""

from __future__ import annotations

import asyncio
from typing import Final, NoReturn

import structlog

from schemas.errors import FatalError, SyncError
from streams.capture.feed import Feed
from streams.capture.plan import next_run
from streams.capture.scan import scan
from streams.clock import now_ms
from streams.patience import Patience

FAILED_S: Final = 60.0
"""How long a flow waits whose requests are refused for good, or answered with what nobody understands: an operator has to act."""


async def poll(feed: Feed) -> NoReturn:
    """Poll until cancelled.

    Raises:
        FatalError: the process cannot go on.
    """
    head = feed.position.head
    log = structlog.get_logger(__name__).bind(connection=head.connection, side=head.side, flow=feed.flow)
    patience = Patience(log)
    while True:
        run = next_run(feed.position.head, recent=feed.position.recent, full_at=feed.position.full_at, now=now_ms(), delays=feed.delays)
        try:
            published = await scan(feed, run, patience)
        except FatalError:
            raise
        except Exception as error:
            log.warning(
                "run.failed",
                run=run.kind,
                kind=type(error).__name__,
                error=str(error),
                exc_info=None if isinstance(error, SyncError) else error,
            )
            await asyncio.sleep(FAILED_S)
            continue
        if published or run.kind == "snapshot":
            log.info("changes.published", run=run.kind, changes=published, known=len(feed.position.inventory))
        await asyncio.sleep(feed.poll_s)
