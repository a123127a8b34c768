"""What goes on for one flow of one side for as long as its partition is ours: polls, sweeps, and what hooks hint at."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any, Final, NoReturn, TypeVar

import structlog
from msgspec.structs import replace

from connectors.budget import Priority, on_errand
from connectors.calls import counted
from schemas.errors import FatalError, SyncError
from streams.capture.feed import Feed
from streams.capture.heed import heed
from streams.capture.hints import Hints
from streams.capture.plan import interval_s, next_run, sweep_at
from streams.capture.scan import scan
from streams.capture.sweep import sweep
from streams.clock import now_ms
from streams.introduction import Introduction
from streams.patience import Patience

T = TypeVar("T")

FAILED_S: Final = 60.0
"""How long a flow waits whose requests are refused for good, or answered with what nobody understands: an operator has to act."""
LOOK_S: Final = 1.0
"""Between two looks whether the snapshot is done, which sweeps wait for."""


def readings(feed: Feed, account: Introduction) -> Iterator[Coroutine[Any, Any, NoReturn]]:
    """Yield what goes on side by side until it is cancelled, once the account answers.

    Each raises FatalError when the process cannot go on.
    """

    async def introduced(reading: Callable[[], Coroutine[Any, Any, NoReturn]]) -> NoReturn:
        await account.wait()
        await reading()

    yield introduced(lambda: poll(feed))
    yield introduced(lambda: sweep_on(feed))
    if (hints := feed.hints) is not None:
        yield introduced(lambda: follow(feed, hints))


async def poll(feed: Feed) -> NoReturn:
    """Poll, more often while there is something to find."""
    log, idle = _log(feed), 0
    patience = Patience(log)
    while True:
        feed.poll_now.clear()
        run = next_run(feed.position.head, recent=feed.position.recent, full_at=feed.position.full_at, now=now_ms(), delays=feed.delays)
        published = await _tried(feed, lambda run=run: scan(feed, run, patience), run.kind)  # type: ignore[misc]
        if published is None:
            continue
        if published or run.kind == "snapshot":
            log.info("changes.published", run=run.kind, changes=published, known=len(feed.position.inventory))
        await _count_missed(feed)
        idle = 0 if published else idle + 1
        await _until(feed.poll_now, _interval_s(feed, idle))


async def sweep_on(feed: Feed) -> NoReturn:
    """Sweep on schedule, and when an operator asks for it."""
    log = _log(feed)
    patience = Patience(log)
    while True:
        position, asked = feed.position, feed.sweep_now.is_set()
        due = sweep_at(position.head, position.survey, every_ms=round(feed.sweep_s * 1000), asked=asked, delays=feed.delays)
        wait_s = LOOK_S if due is None else (due - now_ms()) / 1000
        if wait_s > 0:
            await (asyncio.sleep(wait_s) if asked else _until(feed.sweep_now, wait_s))
            continue
        feed.sweep_now.clear()
        with on_errand(Priority.BULK):
            swept = await _tried(feed, lambda: sweep(feed, patience), "sweep")
        if swept is not None and (swept.published or swept.deleted):
            log.info("flow.swept", changes=swept.published, deleted=swept.deleted)


async def follow(feed: Feed, hints: Hints) -> NoReturn:
    """Read what hooks hint at."""
    patience = Patience(_log(feed))
    while True:
        await _tried(feed, lambda: heed(feed, hints, patience), "hook")


async def _tried(feed: Feed, run: Callable[[], Awaitable[T]], kind: str) -> T | None:
    """Carry out a run; one that fails is logged, waited for, and None."""
    try:
        with counted() as tally:
            done = await run()
    except FatalError:
        raise
    except Exception as error:  # noqa: BLE001 - the tolerance: a flow that fails stops no other
        words = {"kind": type(error).__name__, "error": str(error), "exc_info": None if isinstance(error, SyncError) else error}
        _log(feed).warning("run.failed", run=kind, **words)
        await asyncio.sleep(FAILED_S)
        return None
    feed.budget.spend(tally.calls, now_ms())
    return done


async def _count_missed(feed: Feed) -> None:
    """Tell how many changes no hook announced."""
    missed = feed.hints.missed(now_ms()) if feed.hints else 0
    if missed:
        _log(feed).warning("hooks.missed", changes=missed)
        await feed.publisher.publish(feed.position, survey=lambda before: replace(before, missed=before.missed + missed))


def _interval_s(feed: Feed, idle: int) -> float:
    now = now_ms()
    hooked = feed.hints is not None and feed.hints.reliable(now)
    return interval_s(feed.poll_s, idle=idle, hooked=hooked, least_s=feed.budget.least_s(now))


async def _until(event: asyncio.Event, wait_s: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), wait_s)


def _log(feed: Feed) -> structlog.stdlib.BoundLogger:
    head = feed.position.head
    log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)
    return log.bind(connection=head.connection, side=head.side, flow=feed.flow)
