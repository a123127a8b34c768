"""Members that hold value objects: a single one, or a list whose items are told apart by slot (EMAIL1, BILLING).

PATCH replaces a list whole: "Any item not listed here will be removed if it already exists" (v2 OpenAPI). So a list is written as
it was read with the changes merged in, whatever slots beside ours it has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from connectors.jsonbytes import Json
from connectors.keap.names import Names
from connectors.keap.shapes import Shape
from schemas.flows import Fields


@dataclass(frozen=True, slots=True)
class Single:
    """One object: `phone_number.number`."""

    member: str
    shape: Shape
    writable: bool = True

    @property
    def properties(self) -> tuple[str, ...]:
        """Member and key."""
        return tuple(f"{self.member}.{key}" for key in self.shape.keys)

    def read(self, raw: Json, _names: Names) -> Fields:
        """Return every property."""
        item = raw.get(self.member) or {}
        return {f"{self.member}.{key}": value for key, value in self.shape.read(item).items()}

    def write(self, changes: Fields, raw: Json, _names: Names) -> Json:
        """Return the merged object, null when nothing is left of it."""
        own = {name.removeprefix(f"{self.member}."): value for name, value in changes.items()}
        return {self.member: self.shape.merge(raw.get(self.member) or {}, own)}


@dataclass(frozen=True, slots=True)
class Slots:
    """A list of objects by slot: `email_addresses.EMAIL1.email`.

    Attributes:
        slots: those that travel; others are kept as they are.
        fresh: properties of an object that is new in its slot.
    """

    member: str
    slots: tuple[str, ...]
    shape: Shape
    fresh: Mapping[str, Json] = field(default_factory=dict)
    writable: bool = True

    @property
    def properties(self) -> tuple[str, ...]:
        """Member, slot and key."""
        return tuple(f"{self.member}.{slot}.{key}" for slot in self.slots for key in self.shape.keys)

    def read(self, raw: Json, _names: Names) -> Fields:
        """Return every property of every slot."""
        items = {item.get("field"): item for item in raw.get(self.member) or ()}
        return {
            f"{self.member}.{slot}.{key}": value for slot in self.slots for key, value in self.shape.read(items.get(slot) or {}).items()
        }

    def write(self, changes: Fields, raw: Json, _names: Names) -> Json:
        """Return the whole list, changed slots merged, emptied ones left out."""
        by_slot: dict[str, Fields] = {}
        for name, value in changes.items():
            slot, _, key = name.removeprefix(f"{self.member}.").partition(".")
            by_slot.setdefault(slot, {})[key] = value
        kept = list(raw.get(self.member) or ())
        new = [{"field": slot, **self.fresh.get(slot, {})} for slot in by_slot if slot not in {i.get("field") for i in kept}]
        return {self.member: [sent for item in kept + new if (sent := self._item(item, by_slot))]}

    def _item(self, item: Json, by_slot: Mapping[str, Fields]) -> Json | None:
        slot = item.get("field")
        sent = self.shape.merge(item, by_slot.get(str(slot), {}))
        return {**sent, "field": slot} if sent and slot else sent
