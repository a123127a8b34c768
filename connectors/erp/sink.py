"""Writes the ERP: a create with an idempotency key and the stamp, a patch on a version, each where it is offered."""

from __future__ import annotations

from typing import Final

from connectors.base import Record
from connectors.erp.look_up import ErpLookUp
from connectors.erp.profile.places import at, put
from connectors.http import Answer
from connectors.jsonbytes import Json
from schemas.errors import AmbiguousError, ConflictError, GoneError, RetriableError
from schemas.flows import Fields, Flow

_TAKEN: Final = 409
_MOVED: Final = 412


class ErpConnector(ErpLookUp):
    """The ERP's connector. Implements `connectors.base.Sink`."""

    async def create(self, flow: Flow, fields: Fields, *, stamp: str | None, key: str) -> Record:
        """Create a record and return it; the same key and fields again return the record made the first time, as it is now.

        Raises:
            ConflictError: another record has the stamp; `.record` is that one.
            RejectedError: also when the key was used for other fields.
        """
        said: Fields = {name: value for name, value in fields.items() if value is not None}
        body = self._sent(self._forms[flow].nest(said, stamp if self._offers.external_id else None))
        headers = {self._profile.writing.key: key} if self._offers.idempotency else {}
        answer = await self._api.call("POST", self._profile.path(flow), body=body, headers=headers, taken=(_TAKEN,))
        if answer.status == _TAKEN:
            message = f"erp {self._profile.path(flow)}: external_id {stamp} is taken"
            raise ConflictError(message, await self._holder(flow, answer, stamp))
        try:
            return await self._written(flow, answer, None)
        except (RetriableError, GoneError) as error:
            raise AmbiguousError(f"erp {self._profile.path(flow)}: created, and not shown: {error}") from error

    async def update(self, flow: Flow, base: Record, fields: Fields) -> Record:
        """Patch `fields` onto the version of `base` (onto whatever is there, where there are no versions) and return the record.

        Raises:
            ConflictError: it is at another version by now; `.record` is the record as it is.
        """
        writing = self._profile.writing
        headers = {"content-type": writing.media_type}
        if base.version is not None and self._offers.versions:
            headers[writing.match] = f'"{base.version}"'
        path, body = self._path(flow, base.id), self._sent(self._forms[flow].nest(fields))
        answer = await self._api.call(writing.update, path, body=body, headers=headers, record=True, taken=(_MOVED,))
        if answer.status == _MOVED:
            raise ConflictError(f"erp {path}: moved on from version {base.version}", await self._now(flow, base, answer))
        return await self._written(flow, answer, base.id)

    async def delete(self, flow: Flow, base: Record) -> None:
        """Delete a record; where deletes are soft it stays readable, as deleted."""
        await self._api.call("DELETE", self._path(flow, base.id), record=True)

    def _sent(self, record: Json) -> Json:
        place = self._profile.envelope.sent
        if not place:
            return record
        body: Json = {}
        put(body, place, record)
        return body

    async def _written(self, flow: Flow, answer: Answer, record_id: str | None) -> Record:
        """Return the read-back: the answer's record, or where it carries no more than an id, the record that is read by it."""
        shown = self._shown(answer.body)
        known = at(shown, self._profile.record.id) or record_id
        if known is None:
            raise RetriableError("the answer names no record")
        return self._record(flow, shown) if len(shown) > 1 else await self.get(flow, str(known))

    async def _holder(self, flow: Flow, answer: Answer, stamp: str | None) -> Record | None:
        """Return the record that has the stamp, as the refusal names it."""
        holder = at(answer.body, self._profile.writing.holder)
        if holder is None and stamp:
            return next(iter(await self.find_created(flow, since=0, stamp=stamp, match={})), None)
        return await self.get(flow, str(holder)) if holder else None

    async def _now(self, flow: Flow, base: Record, answer: Answer) -> Record:
        """Return the record as it is, out of the refusal where it carries it."""
        for current in (at(answer.body, self._profile.writing.current), self._shown(answer.body)):
            if isinstance(current, dict) and at(current, self._profile.record.id) is not None:
                return self._record(flow, current)
        return await self.get(flow, base.id)
