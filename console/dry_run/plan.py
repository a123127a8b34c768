"""What a run would do now, counted per connection and flow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.dry_run.scan import Scan, scan
from console.dry_run.world import World
from console.read_model.links import waits_for
from console.read_model.records import read_compacted, topic_exists
from schemas.flows import FLOWS, Flow, Side, flow_of
from streams.connections import context_of
from streams.sync.rows import LINK
from streams.sync.state import Link, load
from streams.topics import LINKS

if TYPE_CHECKING:
    from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Planned:
    """One flow of one connection."""

    connection: str
    flow: Flow
    records: dict[Side, int]
    links: int
    """Records that would be recognised as twins."""
    creates: dict[Side, int]
    updates: dict[Side, int]
    reviews: int
    waiting: Counter[str]
    """Gate -> records that would stay without a twin, and why."""


async def plan(settings: Settings) -> list[Planned]:
    """Read both sides of every connection, decide, and return what would be done.

    Raises:
        SyncError: a side or the broker cannot be read.
    """
    planned: list[Planned] = []
    for name, connection in settings.connections.items():
        context = context_of(settings, name)
        world = World(context, _table(settings, name))
        found = await scan(name, connection, list(context.mapping))
        world.assign()
        for change in found.changes:
            world.feed(change)
        for mark in found.marks:
            world.feed(mark)
        planned += [_count(world, found, flow) for flow in FLOWS if flow in context.mapping]
    return planned


def _table(settings: Settings, connection: str) -> dict[bytes, bytes]:
    """Return the connection's rows as the sync agent left them; nothing before the topics exist."""
    if not topic_exists(settings, LINKS):
        return {}
    rows = read_compacted(settings, LINKS)
    return {key: row for key, row in rows.items() if key.split(b"/", 2)[1] == connection.encode()}


def _count(world: World, found: Scan, flow: Flow) -> Planned:
    links = [load(row, Link) for key, row in world.rows.items() if key.startswith(LINK)]
    links = [link for link in links if link.flow == flow]
    written = Counter((command.op, command.side) for command in world.commands if flow_of(command.side, command.entity) == flow)
    joined = [entry for entry in world.journal if entry.kind == "linked" and entry.flow == flow]
    seen = Counter(change.side for change in found.changes if change.flow == flow)
    return Planned(
        connection=world.context.connection,
        flow=flow,
        records={"keap": seen["keap"], "erp": seen["erp"]},
        links=len(joined) - written["create", "keap"] - written["create", "erp"],
        creates={"keap": written["create", "keap"], "erp": written["create", "erp"]},
        updates={"keap": written["update", "keap"], "erp": written["update", "erp"]},
        reviews=sum(link.state == "review" for link in links),
        waiting=Counter(gate for link in links if link.state == "half" and (gate := waits_for(link))),
    )
