"""Reads Keap: changes, whole collections, one record, and what a lost create may have made.

Scans go by id with a filter (`contact_id>N`) rather than by page token: a record that changes or goes while pages are read moves none of
the others. Where only an order by change time exists, pages go newest first by token.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from typing import Final
from urllib.parse import quote

import httpx

from connectors.auth import Auth, Header, TokenAuth
from connectors.base import Page, Quota, Record, Traits
from connectors.budget import Pacer, Policy
from connectors.http import Answer, Api
from connectors.jsonbytes import Json
from connectors.keap import filters, paging
from connectors.keap.check import find_faults
from connectors.keap.directory import Directory
from connectors.keap.entity import Entity
from connectors.keap.model import TenantModel, add_field, read_model
from connectors.keap.names import Names
from connectors.keap.properties import ENTITIES
from connectors.times import ms_or_none
from schemas.errors import FatalError
from schemas.flows import FLOWS, Fields, Flow, Side

ROUNDED_MS: Final = 1000
"""Reads show times rounded to the second (amp-labs fixtures: 18:34:11.841 was read as 18:34:12.000)."""
PAGE_SIZE: Final = 200
"""Records on a page; Keap gives up to 1000."""


class KeapSource:
    """The reading half of Keap's connector. Implements `connectors.base.Source`."""

    side: Side = "keap"

    def __init__(
        self,
        url: str,
        token: str | Auth,
        *,
        header: Header = "authorization",
        per_second: float = 4,
        pacer: Pacer | None = None,
        timeout_s: float = 30,
        stamp_field: str | None = "keapsync id",
        page_size: int = PAGE_SIZE,
        clock: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is called yet.

        Args:
            url: ends before `/rest/v2`.
            token: a static one, or credentials that renew themselves.
            per_second: calls a second the account allows, until its headers say less.
            pacer: in place of `per_second` where others call the account too: theirs, or one with the same books.
            stamp_field: label of the custom field that carries the link id; None for none.
            transport: in place of the network.
        """
        base = url.rstrip("/") + "/rest/v2"
        auth = token if isinstance(token, Auth) else TokenAuth(token, header)
        self._api = Api("keap", base, auth, pacer or Pacer(Policy(per_second)), timeout_s=timeout_s, clock=clock, transport=transport)
        self._directory = Directory(self._api)
        self._stamp_field = stamp_field
        self._page_size = page_size

    @property
    def calls(self) -> int:
        """API calls made so far, of all tasks together; `connectors.calls.counted` counts one task's."""
        return self._api.calls

    def traits(self, flow: Flow) -> Traits:
        """Return what the API can do for a flow."""
        filtered = ENTITIES[flow].since_filter is not None
        return Traits("since" if filtered else "newest_first", versions=False, keys=False, rounded_ms=ROUNDED_MS)

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """Read one page; where changes come newest first, the last page is the first that is older than `since` as a whole."""
        entity = ENTITIES[flow]
        if since is not None and entity.since_filter is None:
            return await self._newest_first(entity, entity.by_update, "updated_at", since, cursor)
        return await self._by_id(entity, since, cursor)

    async def get(self, flow: Flow, id: str) -> Record:  # noqa: A002 - the field's own name
        """Read one record; raises GoneError when it does not exist."""
        entity = ENTITIES[flow]
        answer = await self._api.call("GET", path_of(entity, id), params=entity.asked, record=True)
        return (await self._records(entity, [answer.body]))[0]

    async def find_created(self, flow: Flow, *, since: int, stamp: str | None, match: Fields) -> list[Record]:  # noqa: ARG002 - unsearchable
        """Return what was created at or after `since` (a second earlier, for the rounding), newest first.

        Custom fields cannot be searched by, so the stamp is left for the caller to compare.
        """
        entity = ENTITIES[flow]
        found = {record.id: record for record in await self._with_sku(entity, match)}
        cursor: str | None = None
        while True:
            page = await self._newest_first(entity, entity.by_create, entity.by_create_shows, since, cursor)
            found |= {record.id: record for record in page.records}
            if (cursor := page.next) is None:
                break
        recent = [record for record in found.values() if (record.created_at or since) >= since - ROUNDED_MS]
        return sorted(recent, key=lambda record: (record.created_at or since, int(record.id)), reverse=True)

    def quota(self) -> Quota:
        """Return what the last answers said of the account's day."""
        return self._api.quota

    def skew_ms(self) -> int:
        """Return how far Keap's clock is ahead of ours."""
        return self._api.skew.ms()

    async def check(self) -> list[str]:
        """Try connectivity, credentials, rights, the stamp field and the stages; one sentence per fault."""
        return await find_faults(self._api, self._directory, self._stamp_field)

    async def model(self, flows: Collection[Flow] = FLOWS) -> TenantModel:
        """Return the tenant's custom fields and its currency, as far as some flows need them."""
        return await read_model(self._directory, flows)

    async def add_field(self, flow: Flow, label: str, field_type: str) -> None:
        """Add a custom field to an entity's model; raises RejectedError with Keap's words."""
        await add_field(self._api, flow, label, field_type)

    async def close(self) -> None:
        """Release connections."""
        await self._api.close()

    async def _by_id(self, entity: Entity, since: int | None, cursor: str | None) -> Page:
        changed = filters.changed_since(entity.since_filter, since) if entity.since_filter and since is not None else None
        above = filters.id_above(entity.id_filter, cursor) if cursor else None
        answer = await self._list(entity, entity.by_id, filters.joined(changed, above))
        records = await self._page_records(entity, answer)
        last = paging.last_id([record.id for record in records], cursor)
        more = paging.next_token(answer.body, None, len(records))
        return Page(records, last if more else None, answer.sent_at)

    async def _newest_first(self, entity: Entity, order_by: str, shows: str, since: int, cursor: str | None) -> Page:
        answer = await self._list(entity, order_by, {"page_token": cursor} if cursor else {})
        records = await self._page_records(entity, answer)
        older = all((getattr(record, shows) or since) < since - ROUNDED_MS for record in records)
        token = paging.next_token(answer.body, cursor, len(records))
        return Page(records, None if older else token, answer.sent_at)

    async def _with_sku(self, entity: Entity, match: Fields) -> Sequence[Record]:
        term = filters.equals("sku", match.get("sku")) if entity.flow == "product" else None
        return await self._page_records(entity, await self._list(entity, "", filters.joined(term))) if term else ()

    async def _list(self, entity: Entity, order_by: str, narrowed: dict[str, str]) -> Answer:
        params = {**entity.asked, "page_size": str(self._page_size), **narrowed}
        return await self._api.call("GET", entity.plural, params=params | ({"order_by": order_by} if order_by else {}))

    async def _page_records(self, entity: Entity, answer: Answer) -> tuple[Record, ...]:
        return await self._records(entity, answer.body.get(entity.plural) or [])

    async def _records(self, entity: Entity, raws: Sequence[Json]) -> tuple[Record, ...]:
        names = await self._directory.names_in(entity, raws)
        return tuple(_record(entity, raw, names) for raw in raws)


def _record(entity: Entity, raw: Json, names: Names) -> Record:
    try:
        return Record(
            id=str(raw["id"]),
            fields=entity.flatten(raw, names),
            created_at=ms_or_none(raw.get(entity.created)),
            updated_at=ms_or_none(raw.get(entity.updated)),
            updated_by=str(raw["last_updated_by"]) if raw.get("last_updated_by") else None,
            raw=raw,
        )
    except (AttributeError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise FatalError(f"keap {entity.plural}: {raw.get('id')} is not of the documented shape: {error!r}") from error


def path_of(entity: Entity, record_id: str) -> str:
    """Return a record's path."""
    return f"{entity.plural}/{quote(record_id, safe='')}"
