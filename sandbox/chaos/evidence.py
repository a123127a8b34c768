"""All there is to judge by in the end: both systems, the link table, every topic, and both servers' logs of calls."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import httpx

from console.audit import Reader, World
from console.read_model import Links, read_links
from console.read_model.records import read_messages, read_records
from sandbox.data.seeds import COLLECTIONS
from sandbox.demo.servers import Server
from sandbox.demo.stack import Stack
from schemas.codec import decode
from schemas.flows import SIDES, Flow, Side, flow_of
from schemas.records import Command, DeadLetter, JournalEntry, Outcome, ScanMark
from streams.accounts import connector
from streams.connections import mapping_of
from streams.settings import Settings
from streams.topics import CHANGES, COMMANDS, DEAD_LETTERS, JOURNAL, OUTCOMES

RECORDS = frozenset(name for side in SIDES for names in COLLECTIONS[side].items() for name in names)
"""What logs call records: Keap's entities, the ERP's collections. Hooks and custom fields are none."""


@dataclass(frozen=True, slots=True)
class Call:
    """A writing call that took effect, or a look at one record, as its server logged it; times in ms.

    Attributes:
        at: when it arrived; of a look, when the record was looked at.
        done_at: when it took effect; 0 for a look.
    """

    method: str
    entity: str
    id: str
    by_worker: bool
    at: int
    done_at: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything about one connection, read once all is quiet."""

    world: World
    links: Links
    journal: tuple[JournalEntry, ...]
    commands: tuple[Command, ...]
    outcomes: tuple[Outcome, ...]
    letters: tuple[DeadLetter, ...]
    marked_at: dict[tuple[Flow, Side], int]
    """When each first snapshot mark was published (ms)."""
    calls: dict[Side, tuple[Call, ...]]
    """The writing ones."""
    looks: dict[Side, tuple[Call, ...]]
    stamps: dict[tuple[Side, Flow], dict[str, list[str]]]
    """(side, flow) -> stamp -> the records that carry it."""


def gather(stack: Stack) -> Evidence:
    """Read everything about a stack's connection."""
    settings, name = stack.settings, stack.connection
    servers = (stack.keap, stack.erp)
    links = Links(tuple(link for link in read_links(settings).all if link.connection == name))
    with Reader(settings, name) as reader:
        world = reader.world(links)
    return Evidence(
        world=world,
        links=links,
        journal=tuple(each for each in read_records(settings, JOURNAL, JournalEntry) if each.connection == name),
        commands=tuple(each for side in SIDES for each in read_records(settings, COMMANDS[side], Command) if each.connection == name),
        outcomes=tuple(each for each in read_records(settings, OUTCOMES, Outcome) if each.connection == name),
        letters=tuple(each for each in read_records(settings, DEAD_LETTERS, DeadLetter) if each.connection in (name, "")),
        marked_at=_marks(settings, name),
        calls={server.side: calls_of(server) for server in servers},
        looks={server.side: tuple(call for call in calls_of(server, looks=True) if call.method == "GET") for server in servers},
        stamps=asyncio.run(_stamps(settings, name)),
    )


def calls_of(server: Server, *, looks: bool = False) -> tuple[Call, ...]:
    """Return the writing calls that took effect on a server, and the looks at single records where they are asked for."""
    answer = httpx.get(f"{server.url}/_sandbox/log", params={"looks": int(looks)}, timeout=60).raise_for_status()
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return tuple(
        Call(entry["method"], entry["entity"], str(entry["id"]), entry["user"] is None, entry["at"], entry["committed_at"] or 0)
        for entry in entries
        if entry["entity"] in RECORDS and (entry["committed"] or entry["method"] == "GET")
    )


def _marks(settings: Settings, name: str) -> dict[tuple[Flow, Side], int]:
    marks: dict[tuple[Flow, Side], int] = {}
    for message in read_messages(settings, CHANGES):
        record = decode(message.value())
        if isinstance(record, ScanMark) and record.kind == "snapshot" and record.connection == name:
            marks.setdefault((flow_of(record.side, record.entity), record.side), message.timestamp()[1])
    return marks


async def _stamps(settings: Settings, name: str) -> dict[tuple[Side, Flow], dict[str, list[str]]]:
    """List the stamps that records carry, as their API shows them."""
    connection = settings.connections[name]
    found: dict[tuple[Side, Flow], dict[str, list[str]]] = {}
    for side in SIDES:
        client = connector(settings, name, side)
        for flow, mapping in mapping_of(settings, connection).items():
            stamped = found.setdefault((side, flow), {})
            cursor, path = None, mapping.stamp.get(side)
            while path is not None:
                page = await client.page(flow, since=None, cursor=cursor)
                for record in page.records:
                    if stamp := record.fields.get(path):
                        stamped.setdefault(str(stamp), []).append(record.id)
                if (cursor := page.next) is None:
                    break
        await client.close()
    return found
