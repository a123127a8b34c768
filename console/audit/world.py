"""Both systems side by side in canonical values, compared under the mapping's own idea of what is equal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.read_model.links import title
from schemas.flows import SIDES, Fields, Flow, Side, Value, other

if TYPE_CHECKING:
    from streams.mapping.rows import Mapping, Row
    from streams.sync.state import Link


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
