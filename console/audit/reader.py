"""Read both systems whole, as their public APIs show them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Self, TypeVar

import stamina

from console.audit.world import World
from console.read_model.links import refs
from schemas.errors import GoneError, RetriableError
from schemas.flows import SIDES, Fields, Flow, Side
from streams.accounts import connector
from streams.connections import mapping_of
from streams.mapping.apply import to_canonical
from streams.tenants import tenant_of

if TYPE_CHECKING:
    from connectors.base import Record, Sink
    from console.read_model import Links
    from streams.mapping.rows import Mapping
    from streams.settings import Settings
    from streams.sync.state import Link

T = TypeVar("T")


class Reader:
    """Reads both systems as a client of ours does, and in the mapping's canonical values; use it as a context manager."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._settings, self._name = settings, name
        self._mapping: Mapping = {}
        self._sources: dict[Side, Sink] = {side: connector(settings, name, side) for side in SIDES}
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Begin: the rows that count are those that the account has the custom fields for."""
        try:
            tenant = self._runner.run(_patiently(lambda: tenant_of(self._settings, self._name)))
        except BaseException:
            self.__exit__()
            raise
        self._mapping = mapping_of(self._settings, self._settings.connections[self._name], tenant)
        return self

    def __exit__(self, *_: object) -> None:
        """Let the connections go."""
        for source in self._sources.values():
            self._runner.run(source.close())
        self._runner.close()

    def record(self, flow: Flow, side: Side, record_id: str) -> Fields:
        """Return one record."""
        found = self._runner.run(_patiently(lambda: self._sources[side].get(flow, record_id)))
        return self._canonical(flow, side, found)

    def world(self, links: Links) -> World:
        """Return everything there is on both sides."""
        records = {(side, flow): self._flow(side, flow) for side in SIDES for flow in self._mapping}
        return World(records, self._mapping, {ref: link.id for link in links.all for ref in refs(link).values()})

    def pairs(self, links: Links, chosen: list[Link]) -> World:
        """Return what some links join, each record read by its id."""
        records: dict[tuple[Side, Flow], dict[str, Fields]] = {(side, flow): {} for side in SIDES for flow in self._mapping}
        for link in chosen:
            for side in SIDES:
                if (record_id := link.side(side).id) and (found := self._found(link.flow, side, record_id)) is not None:
                    records[side, link.flow][record_id] = found
        return World(records, self._mapping, {ref: link.id for link in links.all for ref in refs(link).values()})

    def _found(self, flow: Flow, side: Side, record_id: str) -> Fields | None:
        try:
            found = self._runner.run(_patiently(lambda: self._sources[side].get(flow, record_id)))
        except GoneError:
            return None
        return None if found.deleted else self._canonical(flow, side, found)

    def _flow(self, side: Side, flow: Flow) -> dict[str, Fields]:
        found: dict[str, Fields] = {}
        cursor = None
        while True:
            page = self._runner.run(_patiently(lambda: self._sources[side].page(flow, since=None, cursor=cursor)))
            found |= {record.id: self._canonical(flow, side, record) for record in page.records if not record.deleted}
            if (cursor := page.next) is None:
                return found

    def _canonical(self, flow: Flow, side: Side, record: Record) -> Fields:
        return to_canonical(self._mapping[flow], side, record.fields)[0]


async def _patiently(call: Callable[[], Awaitable[T]]) -> T:
    """Call, and call again while the workers use up the quota."""
    async for attempt in stamina.retry_context(RetriableError, attempts=20, timeout=60):
        with attempt:
            return await call()
    raise AssertionError
