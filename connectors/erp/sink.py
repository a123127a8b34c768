"""Writes the ERP: POST with an idempotency key and the stamp, merge patches on a version."""

from __future__ import annotations

from typing import Any, Final

from connectors.base import Record
from connectors.erp.flat import nest
from connectors.erp.properties import COLLECTIONS, STAMP
from connectors.erp.source import ErpSource
from connectors.http import Answer
from schemas.errors import ConflictError
from schemas.flows import Fields, Flow

_TAKEN: Final = 409
_MOVED: Final = 412


class ErpConnector(ErpSource):
    """The ERP's connector. Implements `connectors.base.Sink`."""

    async def create(self, flow: Flow, fields: Fields, *, stamp: str | None, key: str) -> Record:
        """Create a record and return it; the same key and fields again return the record made the first time, as it is now.

        Raises:
            ConflictError: another record has the stamp; `.record` is that one.
            RejectedError: also when the key was used for other fields.
        """
        body = nest(flow, {name: value for name, value in fields.items() if value is not None})
        if stamp and self._offers.external_id:
            body[STAMP] = stamp
        headers = {"idempotency-key": key} if self._offers.idempotency else {}
        answer = await self._api.call("POST", COLLECTIONS[flow], body=body, headers=headers, taken=(_TAKEN,))
        if answer.status == _TAKEN:
            raise ConflictError(f"erp {COLLECTIONS[flow]}: external_id {stamp} is taken", await self._holder(flow, answer))
        return self._record(flow, answer.body)

    async def update(self, flow: Flow, base: Record, fields: Fields) -> Record:
        """Patch `fields` onto the version of `base` (onto whatever is there, where there are no versions) and return the record.

        Raises:
            ConflictError: it is at another version by now; `.record` is the record as it is.
        """
        headers = {"content-type": "application/merge-patch+json"}
        if base.version is not None and self._offers.versions:
            headers["if-match"] = f'"{base.version}"'
        answer = await self._api.call(
            "PATCH", self._path(flow, base.id), body=nest(flow, fields), headers=headers, record=True, taken=(_MOVED,)
        )
        if answer.status == _MOVED:
            raise ConflictError(
                f"erp {self._path(flow, base.id)}: moved on from version {base.version}", await self._now(flow, base, answer)
            )
        return self._record(flow, answer.body)

    async def _holder(self, flow: Flow, answer: Answer) -> Record | None:
        """Return the record that has the stamp, as the refusal names it."""
        holder: Any = answer.body.get("existing_id")
        return await self.get(flow, str(holder)) if holder else None

    async def _now(self, flow: Flow, base: Record, answer: Answer) -> Record:
        """Return the record as it is, out of the refusal where it carries it."""
        current = answer.body.get("current", answer.body)
        return self._record(flow, current) if isinstance(current, dict) and "id" in current else await self.get(flow, base.id)
