"""Compare the two systems field by field, as their public APIs show them, under the mapping's own idea of what is equal."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar

import stamina

from console.read_model import Links
from console.read_model.links import refs, title
from schemas.errors import RetriableError
from schemas.flows import SIDES, Fields, Flow, Side, Value, other
from streams.accounts import connector
from streams.connections import mapping_of
from streams.mapping.apply import to_canonical

if TYPE_CHECKING:
    from connectors.base import Record, Sink
    from streams.mapping.rows import Mapping, Row
    from streams.settings import Settings
    from streams.sync.state import Link

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that is not as it should be."""

    flow: Flow
    what: str


@dataclass(frozen=True, slots=True)
class World:
    """Both systems in canonical values: (side, flow) -> record id -> fields."""

    records: dict[tuple[Side, Flow], dict[str, Fields]]
    mapping: Mapping
    links: dict[str, str]
    """ref -> link, for references."""

    def shown(self, flow: Flow, side: Side, record_id: str | None, name: str) -> Value:
        """Return what a side shows of one field, None also for a record that is not there."""
        return self.records[side, flow].get(record_id or "", {}).get(name)

    def same(self, flow: Flow, name: str, one: Value, two: Value) -> bool:
        """Tell whether two values of a field are equal."""
        row = self.mapping[flow].row(name)
        return self._key(row, one) == self._key(row, two)

    def differences(self, link: Link) -> list[Difference]:
        """Return the fields of a pair that differ; a record that is missing is one difference."""
        shown = {side: self.records[side, link.flow].get(link.side(side).id or "") for side in SIDES}
        if missing := [side for side in SIDES if shown[side] is None]:
            return [Difference(link.flow, f"{title(link)}: not in {' nor in '.join(missing)}")]
        found = []
        for row in self.mapping[link.flow].rows:
            keys = {side: self._key(row, (shown[side] or {}).get(row.name)) for side in SIDES}
            if row.keap is None or row.create_only or keys["keap"] == keys["erp"] or self._filled(row, shown):
                continue
            found.append(Difference(link.flow, f"{title(link)}: {row.name}: keap {keys['keap']!r}, erp {keys['erp']!r}"))
        return found

    def _key(self, row: Row, value: Value) -> Value:
        if value is None or value == "":
            return None
        return self.links.get(str(value), value) if row.kind.reference else row.kind.key(value)

    def _filled(self, row: Row, shown: dict[Side, Fields | None]) -> bool:
        """Tell whether one side cannot be empty and so shows what its create was filled with, which counts as empty."""
        return any((shown[other(side)] or {}).get(row.name) is None for side in row.default)


class Reader:
    """Reads both systems as a client of ours does, and in the mapping's canonical values; use it as a context manager."""

    def __init__(self, settings: Settings, name: str) -> None:
        self._mapping = mapping_of(settings, settings.connections[name])
        self._sources: dict[Side, Sink] = {side: connector(settings, name, side) for side in SIDES}
        self._runner = asyncio.Runner()

    def __enter__(self) -> Self:
        """Begin."""
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
