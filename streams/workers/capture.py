"""The capture worker: from settings to running pollers.

1. The schemas are registered, where there is a registry; the topics are there and have the right shape.
2. Both accounts of a connection answer; where one does not, that connection alone waits.
3. The group is joined; pollers run until SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Final

import structlog

from schemas.errors import FatalError
from schemas.flows import SIDES
from streams.accounts import connector
from streams.admin import check_topics
from streams.capture.membership import Membership
from streams.engine.fatal import EXIT_FATAL, die
from streams.introduction import Introduction, require_accounts
from streams.patience import Patience
from streams.settings import Settings
from streams.wire import use_worker_format

STOP_S: Final = 20.0
"""Then it ends without having given anything up, which costs a successor one time-out: a client may wait for its broker for ever."""

log = structlog.get_logger(__name__)


def run_capture(settings: Settings) -> int:
    """Poll every connection whose partition this worker is given, until SIGTERM or SIGINT.

    Returns:
        0 after a stop in order, 70 after one logged sentence when it cannot go on.

    Raises:
        ConfigurationError: a topic is missing or wrong, or the registry refuses a schema.
        RetriableError: the broker or the registry does not answer, or no connection's accounts do.
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
    sources = {(name, side): connector(settings, name, side) for name in settings.connections for side in SIDES}
    accounts = {
        (name, side): Introduction(source, Patience(log.bind(connection=name, side=side))) for (name, side), source in sources.items()
    }
    try:
        await require_accounts({name: [accounts[name, side] for side in SIDES] for name in settings.connections})
        membership = Membership(settings, accounts)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, _stop, membership)
        await membership.run()
    finally:
        await asyncio.gather(*(source.close() for source in sources.values()))


def _stop(membership: Membership) -> None:
    membership.stop()
    late = threading.Timer(STOP_S, die, [f"it did not stop for more than {STOP_S:.0f} s"])
    late.daemon = True
    late.start()
