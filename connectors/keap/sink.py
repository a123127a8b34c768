"""Writes Keap: POST, and PATCH with `update_mask` naming exactly what changes.

There is no version, no ETag and no idempotency key: between the caller's read and our PATCH lie milliseconds in which a
person's edit of the same member can be overwritten.
"""

from __future__ import annotations

from connectors.base import Record
from connectors.jsonbytes import Json
from connectors.keap.custom_fields import PREFIX
from connectors.keap.entity import Entity
from connectors.keap.names import Names
from connectors.keap.properties import ENTITIES
from connectors.keap.source import KeapSource, path_of
from schemas.errors import AmbiguousError, ConflictError
from schemas.flows import Fields, Flow


class KeapConnector(KeapSource):
    """Keap's connector. Implements `connectors.base.Sink`."""

    async def create(self, flow: Flow, fields: Fields, *, stamp: str | None, key: str) -> Record:  # noqa: ARG002 - Keap takes no key
        """Create a record and return the read-back; a product carries no stamp.

        Raises:
            RejectedError: also when the tenant has no custom field for the stamp.
        """
        entity = ENTITIES[flow]
        wanted: Fields = {name: value for name, value in fields.items() if value is not None}
        if stamp and self._stamp_field and entity.stamped:
            wanted[PREFIX + self._stamp_field] = stamp
        body = entity.unflatten(wanted, {}, await self._names_for(entity, wanted))
        answer = await self._api.call("POST", entity.plural, params=entity.asked, body=body)
        return await self._read_back(entity, answer.body, body, {})

    async def update(self, flow: Flow, base: Record, fields: Fields) -> Record:
        """Patch `fields` on top of `base` and return the read-back; lists are merged into what `base` shows of them.

        Raises:
            ConflictError: Keap answered 409; `.record` is the record as it is now.
        """
        entity = ENTITIES[flow]
        if not base.raw:
            base = await self.get(flow, base.id)
        body = entity.unflatten(fields, base.raw, await self._names_for(entity, fields))
        if not body:
            return base
        params = {**entity.asked, "update_mask": ",".join(body)}
        try:
            answer = await self._api.call("PATCH", path_of(entity, base.id), params=params, body=body, record=True)
        except ConflictError as error:
            raise ConflictError(str(error), await self.get(flow, base.id)) from error
        return await self._read_back(entity, {"id": base.id, **answer.body}, body, base.raw)

    async def delete(self, flow: Flow, base: Record) -> None:
        """Delete a record for good; Keap keeps no tombstone."""
        await self._api.call("DELETE", path_of(ENTITIES[flow], base.id), record=True)

    async def _names_for(self, entity: Entity, changes: Fields) -> Names:
        labels = [name.removeprefix(PREFIX) for name in changes if name.startswith(PREFIX)]
        stage = changes.get("stage.name")

        def known(names: Names) -> bool:
            staged = stage is None or names.stage_named(str(stage)) is not None
            return staged and all(names.field_labelled(label) for label in labels)

        return await self._directory.names(entity, known=known, writing=True)

    async def _read_back(self, entity: Entity, shown: Json, body: Json, before: Json) -> Record:
        if "id" not in shown:
            raise AmbiguousError(f"keap {entity.plural}: the answer to a create names no id")
        if lacks(entity, shown, body, before):
            return await self.get(entity.flow, str(shown["id"]))
        return (await self._records(entity, [shown]))[0]


def lacks(entity: Entity, shown: Json, body: Json, before: Json) -> bool:
    """Tell whether a write's answer leaves out its time, something just written, or something that was there and was not touched."""
    written = {name.removesuffix("_id"): value for name, value in body.items()}
    had = {member: before.get(member) for member in entity.members}
    expected = {name for name, value in {**had, **written}.items() if value not in (None, "", [])}
    return not expected | {entity.updated} <= shown.keys()
