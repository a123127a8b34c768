"""The capture worker: from settings to running pollers.

1. The schemas are registered, where there is a registry; the topics are there and have the right shape.
2. Every account answers.
3. The group is joined; pollers run until SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Final

import structlog

from connectors.base import Sink
from schemas.errors import FatalError
from schemas.flows import SIDES, Side
from streams.accounts import connector, require_accounts
from streams.admin import check_topics
from streams.capture.membership import Membership
from streams.settings import Settings
from streams.wire import use_worker_format

EXIT_FATAL: Final = 70
"""EX_SOFTWARE of sysexits.h: a supervisor starts the worker again."""

log = structlog.get_logger(__name__)


def run_capture(settings: Settings) -> int:
    """Poll every connection whose partition this worker is given, until SIGTERM or SIGINT.

    Returns:
        0 after a stop in order, 70 after one logged sentence when it cannot go on.

    Raises:
        ConfigurationError: a topic is missing or wrong, or the registry refuses a schema.
        RetriableError: the broker, the registry or an account does not answer.
    """
    use_worker_format(settings)
    check_topics(settings)
    try:
        asyncio.run(_serve(settings))
    except FatalError as error:
        log.critical("worker.failed", stage="capture", reason=str(error))
        return EXIT_FATAL
    return 0


async def _serve(settings: Settings) -> None:
    sources: dict[tuple[str, Side], Sink] = {
        (name, side): connector(settings, name, side) for name in settings.connections for side in SIDES
    }
    try:
        await require_accounts(sources.values())
        membership = Membership(settings, sources)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, membership.stop)
        await membership.run()
    finally:
        await asyncio.gather(*(source.close() for source in sources.values()))
