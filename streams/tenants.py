"""What only a connection's Keap account knows, and its mapping rests on: which custom fields it has, and its currency.

It is asked for once, when a process starts: which rows count does not change while decisions are made. Until it is known nothing is
decided, for with fewer rows than before an edit would pass unseen. Of an account that is away, or refuses us, what it said last is good
enough: the decisions go on as they did.
"""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Final

import msgspec
import structlog

from connectors.keap.model import TenantModel
from schemas.errors import RetriableError, SyncError
from schemas.flows import FLOWS
from streams.accounts import keap_connector
from streams.patience import Patience, Stopped
from streams.settings import Settings

log = structlog.get_logger(__name__)

ASKED_S: Final = 10.0
"""How long an account is asked of which something is remembered: its silence holds the other connections."""

Tenants = dict[str, TenantModel]
"""By connection."""


async def tenant_of(settings: Settings, name: str) -> TenantModel:
    """Ask a connection's Keap account once; raises the tree of `schemas.errors`."""
    keap = keap_connector(settings, name)
    try:
        return await keap.model([flow for flow in FLOWS if settings.connections[name].enabled(flow)])
    finally:
        await keap.close()


def remembered(settings: Settings, name: str) -> TenantModel | None:
    """Return what a connection's account said at an earlier start, of all flows that are enabled now; None when there is no such."""
    try:
        return msgspec.json.decode(_memory(settings, name).read_bytes(), type=TenantModel)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None


def remember(settings: Settings, name: str, tenant: TenantModel) -> None:
    """Keep what a connection's account said: whole or not at all."""
    path = _memory(settings, name)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    partial.write_bytes(msgspec.json.encode(tenant))
    partial.replace(path)


def await_tenants(settings: Settings) -> Tenants | None:
    """Ask every account, those of which nothing is remembered for as long as it takes; None when SIGTERM or SIGINT came first.

    Raises:
        FatalError: an account of which nothing is remembered refuses the credentials.
    """
    return asyncio.run(_await(settings))


async def _await(settings: Settings) -> Tenants | None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    try:
        found = await asyncio.gather(*(_known(settings, name, stopping) for name in settings.connections))
    except Stopped:
        return None
    return dict(zip(settings.connections, found, strict=True))


async def _known(settings: Settings, name: str, stopping: asyncio.Event) -> TenantModel:
    last = remembered(settings, name)
    try:
        tenant = await asyncio.wait_for(_patiently(settings, name, stopping), ASKED_S if last else None)
    except (SyncError, TimeoutError) as error:
        if last is None:
            raise
        log.warning("start.remembered", connection=name, error=str(error) or f"no answer within {ASKED_S:.0f} s")
        return last
    remember(settings, name, tenant)
    return tenant


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


def _memory(settings: Settings, name: str) -> Path:
    """Return where a connection's model is kept: it tells nothing of a flow that was not enabled."""
    flows = "-".join(flow for flow in FLOWS if settings.connections[name].enabled(flow))
    return settings.data_dir / "tenants" / f"{name}-{flows}.json"
