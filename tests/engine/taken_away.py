"""Parts of the engine that stand in place of nothing of Faust's, each taken away from the process of a worker."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from confluent_kafka import Producer
from faust.tables.recovery import Recovery as FaustRecovery

from streams.engine import transaction, watchdog, worker
from streams.engine.recovery import Recovery
from streams.engine.shell import Shell
from streams.engine.watchdog import Watchdog
from streams.engine.work import Work
from tests.engine import hanging

SHORT_S = 1.0  # of patience, where minutes are usual


def supervision() -> None:
    """A child task is a task like any other."""

    def supervise(_: Work, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        return asyncio.create_task(coroutine)

    Work.supervise = supervise  # type: ignore[method-assign]


def look_at_crashes() -> None:
    """The worker waits for the signal to stop and looks at nothing else."""

    async def until(stop: asyncio.Event, *_: object) -> None:
        await stop.wait()

    worker._until = until
    watchdog.STOP_S = SHORT_S


def error_of_recovery() -> None:
    """Stock's own wait."""
    Recovery._wait = FaustRecovery._wait  # type: ignore[method-assign]
    watchdog.READY_SLACK_S = SHORT_S


def start_of_the_watchdog() -> None:
    """Nobody watches; what hangs ends by itself, after ten times the time it would be given."""
    Watchdog.start = lambda _: None  # type: ignore[method-assign]
    hanging.FOR_EVER_S = 5.0


def except_of_the_agent() -> None:
    """What the work raises goes to Faust."""

    async def agent(self: Shell, stream: Any) -> None:
        await stream.maybe_start()
        await self.work.run()

    Shell._agent = agent  # type: ignore[method-assign]


def name_of_the_producer() -> None:
    """Each process has a `transactional.id` of its own, so that none fences another."""

    def producer(settings: Mapping[str, object], **options: Any) -> Producer:
        return Producer({**settings, "transactional.id": f"{settings['transactional.id']}-{os.getpid()}"}, **options)

    transaction.Producer = producer  # type: ignore[assignment,misc]


PARTS: dict[str, Callable[[], None]] = {
    each.__name__: each
    for each in (
        supervision,
        look_at_crashes,
        error_of_recovery,
        start_of_the_watchdog,
        except_of_the_agent,
        name_of_the_producer,
    )
}
