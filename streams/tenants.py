"""What only a connection's Keap account knows, and its mapping rests on: which custom fields it has, and its currency.

It is asked for once, when a process starts: which rows count does not change while decisions are made. Until it is known nothing is
decided, for with fewer rows than before an edit would pass unseen.
"""

from __future__ import annotations

import asyncio
import signal

import structlog

from connectors.keap.model import TenantModel
from schemas.errors import RetriableError
from schemas.flows import FLOWS
from streams.accounts import keap_connector
from streams.patience import Patience, Stopped
from streams.settings import Settings

log = structlog.get_logger(__name__)

Tenants = dict[str, TenantModel]
"""By connection."""


async def tenant_of(settings: Settings, name: str) -> TenantModel:
    """Ask a connection's Keap account once; raises the tree of `schemas.errors`."""
    keap = keap_connector(settings, name)
    try:
        return await keap.model([flow for flow in FLOWS if settings.connections[name].enabled(flow)])
    finally:
        await keap.close()


def await_tenants(settings: Settings) -> Tenants | None:
    """Ask every account, for as long as it takes; None when SIGTERM or SIGINT came first.

    Raises:
        FatalError: an account refuses the credentials.
    """
    return asyncio.run(_await(settings))


async def _await(settings: Settings) -> Tenants | None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        found = await asyncio.gather(*(_patiently(settings, name, stopping) for name in settings.connections))
    except Stopped:
        return None
    return dict(zip(settings.connections, found, strict=True))


async def _patiently(settings: Settings, name: str, stopping: asyncio.Event) -> TenantModel:
    held = False

    async def ask() -> TenantModel:
        nonlocal held
        try:
            return await tenant_of(settings, name)
        except RetriableError as error:
            if not held:
                held = True
                log.warning("start.held", connection=name, until="Keap tells which custom fields there are", error=str(error))
            raise

    return await Patience(log.bind(connection=name))(ask, stopping)
