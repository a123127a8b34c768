"""Members that name another record or a stage: read nested, written as the id."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.jsonbytes import Json
from connectors.keap.names import Names
from schemas.errors import RejectedError
from schemas.flows import Fields, Value


@dataclass(frozen=True, slots=True)
class Reference:
    """Another record's id: `company.id`.

    Attributes:
        writes: the body's members for an id, None to unlink.
    """

    member: str
    writes: Callable[[Value], Json]
    writable: bool = True

    @property
    def properties(self) -> tuple[str, ...]:
        """Member and `id`."""
        return (f"{self.member}.id",)

    def read(self, raw: Json, _names: Names) -> Fields:
        """Return the id; 0 and "" stand for none."""
        linked = raw.get(self.member)
        found = linked.get("id") if isinstance(linked, dict) else None
        return {f"{self.member}.id": None if found in (None, "", "0", 0) else str(found)}

    def write(self, changes: Fields, _raw: Json, _names: Names) -> Json:
        """Return the body's members."""
        return self.writes(changes[f"{self.member}.id"])


@dataclass(frozen=True, slots=True)
class Stage:
    """An opportunity's stage, by name: read nested, written as `stage_id`."""

    member: str = "stage"
    properties: tuple[str, ...] = ("stage.name",)
    writable: bool = True

    def read(self, raw: Json, names: Names) -> Fields:
        """Return the name, from the tenant's stages where the record leaves it out."""
        stage = raw.get(self.member) or {}
        return {"stage.name": stage.get("name") or names.stages.get(str(stage.get("id")))}

    def write(self, changes: Fields, _raw: Json, names: Names) -> Json:
        """Return the stage's id; raises RejectedError for a name the tenant does not have."""
        name = changes["stage.name"]
        stage_id = None if name is None else names.stage_named(str(name))
        if stage_id is None:
            raise RejectedError(f"Keap has no stage {name!r}; it has {', '.join(names.stages.values())}")
        return {"stage_id": stage_id}
