"""Reads the ERP: changes, whole collections, and one record.

By the contract, lists come in the order of (updated_at, id): a record that changes while pages are read moves to the end and is met there
again, seen twice perhaps, never missed. A profile's numbered pages need an order in which rows do not move (`paging`).
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

import httpx
import msgspec

from connectors.base import Page, Quota, Record, Traits
from connectors.budget import Pacer, Policy
from connectors.erp.capabilities import Capabilities
from connectors.erp.credentials import ErpAuth
from connectors.erp.listing import list_params, way_of
from connectors.erp.paging import next_cursor, page_params
from connectors.erp.profile.form import Form
from connectors.erp.profile.places import at
from connectors.erp.profile.shape import CONTRACT, Params, Profile
from connectors.http import Api
from connectors.jsonbytes import Json
from schemas.errors import GoneError, RetriableError, SyncError
from schemas.flows import FLOWS, Flow, Side

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
        profile: Profile = CONTRACT,
        per_second: float = 4,
        pacer: Pacer | None = None,
        timeout_s: float = 30,
        page_size: int = PAGE_SIZE,
        clock: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """Prepare; nothing is called yet, and until `check` the ERP counts as offering what its profile says, or the whole contract.

        Args:
            url: ends before the profile's base, `/api/v1` by the contract.
            profile: how the ERP looks.
            per_second: calls a second the account allows, until `/capabilities` says less.
            pacer: in place of `per_second` where others call the account too: theirs, or one with the same books.
            transport: in place of the network.
        """
        base = url.rstrip("/") + profile.base.rstrip("/")
        auth = ErpAuth(token, profile.auth)
        self._api = Api("erp", base, auth, pacer or Pacer(Policy(per_second)), timeout_s=timeout_s, clock=clock, transport=transport)
        self._page_size = page_size
        self._profile = profile
        self._forms = {flow: Form(profile, flow) for flow in FLOWS}
        self._offers = profile.offers or Capabilities()

    @property
    def calls(self) -> int:
        """API calls made so far, of all tasks together; `connectors.calls.counted` counts one task's."""
        return self._api.calls

    def traits(self, flow: Flow) -> Traits:
        """Return what the API can do for a flow."""
        offers, shown = self._offers, self._profile.record
        return Traits(
            changes=way_of(self._profile.listing_of(flow), offers),
            versions=offers.versions and shown.version is not None,
            keys=offers.idempotency,
            rounded_ms=self._profile.values.rounded_ms,
            stamps=offers.external_id,
            look_up=shown.created_at is not None,
            soft_deletes=offers.soft_delete and shown.deleted is not None,
            hooks=offers.webhooks,
        )

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """Read one page; deleted records are on it (with `deleted`) when it is of changes, not when it is of a full scan."""
        listing = self._profile.listing_of(flow)
        return await self._list(flow, list_params(listing, self._offers, self._profile.values, since), cursor)

    async def get(self, flow: Flow, id: str) -> Record:  # noqa: A002 - the field's own name
        """Read one record, a deleted one too; raises GoneError when it does not exist."""
        answer = await self._api.call("GET", self._path(flow, id), record=True)
        return self._record(flow, self._shown(answer.body))

    def quota(self) -> Quota:
        """Return what is left; the contract's ERP does not say."""
        return self._api.quota

    def skew_ms(self) -> int:
        """Return how far the ERP's clock is ahead of ours."""
        return self._api.skew.ms()

    async def check(self) -> list[str]:
        """Try connectivity, credentials and rights, and learn what the ERP offers; one sentence per fault."""
        try:
            await self._learn()
            for flow in FLOWS:
                await self._try(flow)
        except (SyncError, msgspec.ValidationError) as error:
            return [f"{self._api.url}: {error}"]
        return []

    async def close(self) -> None:
        """Release connections."""
        await self._api.close()

    async def _try(self, flow: Flow) -> None:
        """Read a list and, when there is one, a record of it: a profile may be right about one and wrong about the other."""
        listed = await self._list(flow, self._profile.listing_of(flow).always, None, most=1)
        for record in listed.records[:1]:
            with contextlib.suppress(GoneError):  # deleted this very moment
                await self.get(flow, record.id)

    async def _learn(self) -> None:
        if self._profile.offers is None:
            self._offers = msgspec.convert((await self._api.call("GET", "capabilities")).body, Capabilities)
        if self._offers.rate_limit.per_minute:
            await self._api.pacer.cap(self._offers.rate_limit.per_minute / 60)

    async def _list(self, flow: Flow, params: Params, cursor: str | None, most: int | None = None) -> Page:
        paging, size = self._profile.paging_of(flow), most or min(self._page_size, self._offers.max_page)
        asked = params | page_params(paging, cursor, size)
        answer = await self._api.call("GET", self._profile.path(flow), params=asked, array=True)
        shown = at(answer.body, self._profile.envelope.items)
        if not isinstance(shown, list):
            raise RetriableError(f"erp {self._profile.path(flow)}: there is no list at {self._profile.envelope.items!r} of the answer")
        records = tuple(self._record(flow, raw) for raw in shown)
        return Page(records, next_cursor(paging, answer, cursor, len(records)), answer.sent_at)

    def _path(self, flow: Flow, record_id: str) -> str:
        return f"{self._profile.path(flow)}/{quote(record_id, safe='')}"

    def _shown(self, body: Json) -> Json:
        shown = at(body, self._profile.envelope.record)
        return shown if isinstance(shown, dict) else {}

    def _record(self, flow: Flow, raw: Json) -> Record:
        return self._forms[flow].record(raw, versions=self._offers.versions)
