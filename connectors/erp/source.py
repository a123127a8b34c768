"""Reads the ERP: changes, whole collections, one record, and what a lost create may have made.

Lists come in the order of (updated_at, id). A record that changes while pages are read moves to the end and is met there again: seen twice
perhaps, never missed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import msgspec

from connectors.auth import TokenAuth
from connectors.base import Page, Quota, Record, Traits
from connectors.erp.capabilities import Capabilities
from connectors.erp.flat import flatten
from connectors.erp.properties import COLLECTIONS
from connectors.http import Api
from connectors.jsonbytes import Json
from connectors.limits import Pacer
from connectors.times import ms_or_none, to_text
from schemas.errors import FatalError, SyncError
from schemas.flows import Fields, Flow, Side

PAGE_SIZE: Final = 200
"""Records on a page; the contract allows up to 500."""


class ErpSource:
    """The reading half of the ERP's connector. Implements `connectors.base.Source`."""

    side: Side = "erp"

    def __init__(
        self,
        url: str,
        token: str,
        *,
        per_second: float = 4,
        share: float = 1,
        timeout_s: float = 30,
        page_size: int = PAGE_SIZE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Prepare; nothing is called yet, and until `check` the ERP counts as offering the whole contract.

        Args:
            url: ends before `/api/v1`.
            per_second: calls a second the account allows, until `/capabilities` says less.
            share: this connector's part of them.
        """
        base = url.rstrip("/") + "/api/v1"
        self._api = Api("erp", base, TokenAuth(token), Pacer(per_second, share), timeout_s=timeout_s, clock=clock)
        self._page_size = page_size
        self._offers = Capabilities()

    @property
    def calls(self) -> int:
        """API calls made so far, of all tasks together; `connectors.calls.counted` counts one task's."""
        return self._api.calls

    def traits(self, flow: Flow) -> Traits:  # noqa: ARG002 - the same for all
        """Return what the API can do for a flow."""
        return Traits("since", versions=self._offers.versions, keys=self._offers.idempotency, rounded_ms=0)

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """Read one page; deleted records are on it (with `deleted`) when it is of changes, not when it is of a full scan."""
        wanted = {"updated_since": to_text(since), "include_deleted": "true"} if since is not None else {}
        return await self._list(flow, wanted | ({"cursor": cursor} if cursor else {}), cursor)

    async def get(self, flow: Flow, id: str) -> Record:  # noqa: A002 - the field's own name
        """Read one record, a deleted one too; raises GoneError when it does not exist."""
        answer = await self._api.call("GET", self._path(flow, id), record=True)
        return self._record(flow, answer.body)

    async def find_created(self, flow: Flow, *, since: int, stamp: str | None, match: Fields) -> list[Record]:  # noqa: ARG002 - by time
        """Return the record with the stamp (a deleted one too), or without a stamp what was created at or after `since`."""
        if stamp and self._offers.external_id:
            return [*(await self._list(flow, {"external_id": stamp, "include_deleted": "true"}, None)).records]
        found: dict[str, Record] = {}
        cursor: str | None = None
        while True:
            page = await self.page(flow, since=since, cursor=cursor)
            found |= {record.id: record for record in page.records if (record.created_at or since) >= since}
            if (cursor := page.next) is None:
                return sorted(found.values(), key=lambda record: record.created_at or since, reverse=True)

    def quota(self) -> Quota:
        """Return what is left; the contract's ERP does not say."""
        return self._api.quota

    async def check(self) -> list[str]:
        """Try connectivity, credentials and rights, and learn what the ERP offers; one sentence per fault."""
        try:
            await self._learn()
            for flow in COLLECTIONS:
                await self._list(flow, {"limit": "1"}, None)
        except (SyncError, msgspec.ValidationError) as error:
            return [f"{self._api.url}: {error}"]
        return [] if self._offers.updated_since else [f"{self._api.url}: lists cannot be asked for changes since a time"]

    async def close(self) -> None:
        """Release connections."""
        await self._api.close()

    async def _learn(self) -> None:
        self._offers = msgspec.convert((await self._api.call("GET", "capabilities")).body, Capabilities)
        if self._offers.rate_limit.per_minute:
            self._api.pacer.cap(self._offers.rate_limit.per_minute / 60)

    async def _list(self, flow: Flow, params: dict[str, str], used: str | None) -> Page:
        limit = str(min(self._page_size, self._offers.max_page))
        answer = await self._api.call("GET", COLLECTIONS[flow], params={"limit": limit, **params})
        records = tuple(self._record(flow, raw) for raw in answer.body.get("items") or ())
        said = answer.body.get("next_cursor")
        return Page(records, said if said and said != used and records else None, answer.sent_at)

    def _path(self, flow: Flow, record_id: str) -> str:
        return f"{COLLECTIONS[flow]}/{quote(record_id, safe='')}"

    def _record(self, flow: Flow, raw: Json) -> Record:
        if not raw.get("id"):
            raise FatalError(f"erp {COLLECTIONS[flow]}: a record without id")
        return Record(
            id=str(raw["id"]),
            fields=flatten(flow, raw),
            version=raw.get("version") if self._offers.versions else None,
            created_at=ms_or_none(raw.get("created_at")),
            updated_at=ms_or_none(raw.get("updated_at")),
            updated_by=raw.get("updated_by"),
            deleted=bool(raw.get("deleted_at")),
            raw=raw,
        )
