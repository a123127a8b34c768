"""The tenant's own names for ids: custom fields and stages, as one snapshot handed to pure code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from connectors.jsonbytes import Json


@dataclass(frozen=True, slots=True)
class CustomField:
    """One field of an entity's model. Records name it by id, people and mappings by label."""

    id: str
    label: str
    type: str


@dataclass(frozen=True, slots=True)
class Names:
    """What ids are called.

    Attributes:
        custom: id -> field, of one entity.
        stages: id -> name of the opportunity stages.
        currency: the tenant's, ISO 4217; None where it was not asked for.
    """

    custom: Mapping[str, CustomField] = field(default_factory=dict)
    stages: Mapping[str, str] = field(default_factory=dict)
    currency: str | None = None

    def field_labelled(self, label: str) -> CustomField | None:
        """Return the custom field of a label, to the letter; the first by id where several share it."""
        return next((one for one in self.custom.values() if one.label == label), None)

    def stage_named(self, name: str) -> str | None:
        """Return the id of the stage of a name, without regard to case; the first by order where several share it."""
        return next((id_ for id_, one in self.stages.items() if one.casefold() == name.casefold()), None)

    def lack(self, raws: Iterable[Json]) -> bool:
        """Tell whether records name a custom field or a stage that is not known here, or do not list a field that is.

        A record lists every field of its model, unset ones with null (keap.md 2.8, OBS): one that is missing was deleted, not cleared.
        """
        return any(self._lacks(raw) for raw in raws)

    def _lacks(self, raw: Json) -> bool:
        stage = raw.get("stage")
        if isinstance(stage, dict) and not stage.get("name") and str(stage.get("id")) not in self.stages:
            return True
        listed = {str(one.get("id")) for one in raw.get("custom_fields") or ()}
        return bool(listed) and listed != self.custom.keys()
