"""Find out before the start what would go wrong later: address, token, rights, stamp field, stages."""

from __future__ import annotations

from connectors.http import Api
from connectors.keap.directory import Directory
from connectors.keap.entity import Entity
from connectors.keap.properties import ENTITIES
from schemas.errors import FatalError, RetriableError, SyncError


async def find_faults(api: Api, directory: Directory, stamp_field: str | None) -> list[str]:
    """Return one sentence per fault. The first call that shows the account out of reach ends it: the others would say the same."""
    faults: list[str] = []
    for entity in ENTITIES.values():
        try:
            await api.call("GET", entity.plural, params={**entity.asked, "page_size": "1"})
            faults += await _missing(directory, entity, stamp_field)
        except (FatalError, RetriableError) as error:
            return [*faults, f"{api.url}: {error}"]
        except SyncError as error:
            faults.append(f"{api.url}/{entity.plural}: {error}")
    return faults


async def _missing(directory: Directory, entity: Entity, stamp_field: str | None) -> list[str]:
    names = await directory.names(entity)
    missing = []
    if entity.stamped and stamp_field and names.field_labelled(stamp_field) is None:
        remedy = "it carries the link id; create it as TEXT, or by `keapsync keap fields --create`"
        missing.append(f"keap {entity.plural}: there is no custom field {stamp_field!r}; {remedy}")
    if entity.flow == "opportunity" and not names.stages:
        missing.append("keap opportunities/stages: there are no stages")
    return missing
