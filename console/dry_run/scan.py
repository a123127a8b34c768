"""Read both sides of a connection whole, as the pollers' first scan does. Only GET requests are made."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from connectors.base import Source
from schemas.flows import SIDES, Flow, Side, entity_of
from schemas.records import Change, ScanMark
from streams.accounts import connector
from streams.clock import now_ms
from streams.settings import ConnectionSettings


@dataclass(slots=True)
class Scan:
    """What a connection's two sides showed."""

    changes: list[Change] = field(default_factory=list)
    marks: list[ScanMark] = field(default_factory=list)


async def scan(name: str, connection: ConnectionSettings, flows: list[Flow]) -> Scan:
    """Return every record of the flows on both sides; raises what the connectors raise."""
    sources = {side: connector(connection, side, captures=True) for side in SIDES}
    found = Scan()
    try:
        await asyncio.gather(*(_read(name, side, source, flows, found) for side, source in sources.items()))
    finally:
        await asyncio.gather(*(source.close() for source in sources.values()))
    return found


async def _read(name: str, side: Side, source: Source, flows: list[Flow], found: Scan) -> None:
    for flow in flows:
        started, count = now_ms(), 0
        async for change in _changes(name, source, flow):
            found.changes.append(change)
            count += 1
        found.marks.append(ScanMark(name, side, entity_of(flow, side), "snapshot", started, count))


async def _changes(name: str, source: Source, flow: Flow) -> AsyncIterator[Change]:
    cursor = None
    while True:
        page = await source.page(flow, since=None, cursor=cursor)
        for record in page.records:
            if not record.deleted:
                yield Change(
                    connection=name,
                    side=source.side,
                    entity=entity_of(flow, source.side),
                    id=record.id,
                    op="upsert",
                    fields=record.fields,
                    read_at=page.read_at,
                    capture="sweep",
                    version=record.version,
                    created_at=record.created_at,
                    updated_at=record.updated_at,
                    updated_by=record.updated_by,
                )
        if (cursor := page.next) is None:
            return
