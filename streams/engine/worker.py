"""Run one worker of a stage in this process, from its checks to its exit code."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import Callable
from typing import Any

import structlog
import uvloop

from streams.engine.chunks import Chunks
from streams.engine.contracts import Handler, LaneHandler
from streams.engine.fatal import die
from streams.engine.health import serve_health
from streams.engine.lanes import Lanes
from streams.engine.preflight import require_topics
from streams.engine.settings import EngineSettings
from streams.engine.shell import Shell
from streams.engine.versions import require_versions
from streams.engine.watchdog import Watchdog
from streams.engine.work import Work

NOISY = ("faust", "mode", "aiokafka", "kafka", "asyncio")
POLL_S = 0.2

log = structlog.get_logger(__name__)


def run_chunks(settings: EngineSettings, handler: Handler[Any]) -> int:
    """Run a deciding stage until SIGTERM; see `run`."""
    return run(settings, lambda: Chunks(settings, handler))


def run_lanes(settings: EngineSettings, handler: LaneHandler) -> int:
    """Run a stage of keyed lanes until SIGTERM; see `run`."""
    return run(settings, lambda: Lanes(settings, handler))


def run(settings: EngineSettings, work: Callable[[], Work]) -> int:
    """Check, work until SIGTERM or SIGINT, drain.

    Returns:
        0 after a drained stop. A worker that cannot go on never returns: it exits with 70 after one log line.

    Raises:
        ConfigurationError: wrong library versions, topics missing or of other shape.
        RetriableError: broker out of reach.
    """
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.WARNING)
    require_versions()
    require_topics(settings)
    settings.directory.mkdir(parents=True, exist_ok=True)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(work))
    return 0


async def _serve(work: Callable[[], Work]) -> None:
    loop = asyncio.get_running_loop()
    app = Shell(work())
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    Watchdog(app).start()
    async with serve_health(app):
        starting = asyncio.create_task(app.start())
        log.info("worker.started", stage=app.work.settings.stage)
        await _until(stop, app, starting)
        await app.stop()
        starting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await starting
        await app.work.close()
    log.info("worker.stopped", stage=app.work.settings.stage)


async def _until(stop: asyncio.Event, app: Shell, starting: asyncio.Task[None]) -> None:
    """Wait for the stop signal; a crash of the app raises nothing by itself."""
    while not stop.is_set():
        failed = starting.exception() if starting.done() and not starting.cancelled() else None
        if app.crashed or failed:
            reason = failed or app.crash_reason
            die(f"the Faust app failed: {reason!r}", reason)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), POLL_S)
