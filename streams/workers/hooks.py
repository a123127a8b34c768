"""The receiver of hooks: from settings to a server that answers within a second, with its subscriptions watched beside it.

1. The schemas are registered, where there is a registry; the topics are there and have the right shape.
2. The server listens, so that handshakes are answered.
3. Subscriptions are made, and looked at every minute, until SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

import uvicorn

from connectors.hooks import Announcer
from streams.admin import check_topics
from streams.hooks.app import Receiver
from streams.hooks.outbox import Outbox
from streams.hooks.places import Place, announcer, places
from streams.hooks.secrets import Secrets
from streams.hooks.watch import watch
from streams.settings import Settings
from streams.wire import use_worker_format

SHUTDOWN_S: Final = 2
LISTENS_S: Final = 0.05


def run_hooks(settings: Settings) -> int:
    """Receive hooks until SIGTERM or SIGINT; returns 0.

    Raises:
        ConfigurationError: nothing says where hooks arrive, or a topic is missing.
        RetriableError: the broker or the registry does not answer.
    """
    use_worker_format(settings)
    check_topics(settings)
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal again once it is done
        signal.signal(number, lambda *_: None)
    asyncio.run(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    heard = places(settings)
    secrets = secrets_of(settings)
    with Outbox(settings.cluster, settings.partitions) as outbox:
        receiver = Receiver(settings.hooks.path, [(place.connection, place.side) for place in heard], secrets, outbox.send)
        server = _server(settings, receiver)
        async with _watching(server, {place: announcer(settings, place) for place in heard}, secrets):
            await server.serve()


def _server(settings: Settings, receiver: Receiver) -> uvicorn.Server:
    config = uvicorn.Config(
        receiver.app(),
        host=settings.hooks.host,
        port=settings.hooks.port,
        ws="none",
        lifespan="off",
        access_log=False,  # paths are secret
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    return uvicorn.Server(config)


@asynccontextmanager
async def _watching(server: uvicorn.Server, announcers: dict[Place, Announcer], secrets: Secrets) -> AsyncIterator[None]:
    async def once_it_listens() -> None:
        while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
            await asyncio.sleep(LISTENS_S)
        await watch(announcers, secrets)

    task = asyncio.create_task(once_it_listens())
    task.add_done_callback(lambda _: setattr(server, "should_exit", True))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await asyncio.gather(*(each.close() for each in announcers.values()))


def secrets_of(settings: Settings) -> Secrets:
    """Return where this deployment keeps what ERPs sign with."""
    return Secrets(settings.data_dir / "hooks")
