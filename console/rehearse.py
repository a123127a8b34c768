"""Set up a dry run of every connection: its sources, and the link table as the sync agent left it. Only GET requests are made."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.read_model.records import read_compacted, topic_exists
from schemas.flows import SIDES
from streams.accounts import connector
from streams.clock import now_ms
from streams.connections import context_of
from streams.rehearsal.rehearse import Rehearsal
from streams.tenants import tenant_of
from streams.topics import LINKS

if TYPE_CHECKING:
    from streams.rehearsal.plan import Plan
    from streams.settings import Settings


async def rehearse(settings: Settings) -> dict[str, Plan]:
    """Return what a run would do, by connection.

    Raises:
        SyncError: a side or the broker cannot be read.
    """
    return {name: await _rehearse(settings, name) for name in settings.connections}


async def _rehearse(settings: Settings, name: str) -> Plan:
    context = context_of(settings, name, await tenant_of(settings, name))
    sources = {side: connector(settings, name, side) for side in SIDES}
    try:
        return await Rehearsal(context, _table(settings, name), now_ms).run(sources)
    finally:
        await asyncio.gather(*(source.close() for source in sources.values()))


def _table(settings: Settings, connection: str) -> dict[bytes, bytes]:
    """Return a connection's rows; none before the topics exist."""
    if not topic_exists(settings, LINKS):
        return {}
    rows = read_compacted(settings, LINKS)
    return {key: row for key, row in rows.items() if key.split(b"/", 2)[1] == connection.encode()}
