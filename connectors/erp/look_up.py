"""Find what a lost create may have made: by its stamp, else among the youngest records."""

from __future__ import annotations

from collections.abc import Iterable

from connectors.base import Page, Record
from connectors.erp.properties import STAMP
from connectors.erp.source import ErpSource
from schemas.flows import Fields, Flow


class ErpLookUp(ErpSource):
    """What the ERP's sink has to know of earlier attempts."""

    async def find_created(self, flow: Flow, *, since: int, stamp: str | None, match: Fields) -> list[Record]:
        """Return the record with the stamp (a deleted one too), or what was created at or after `since`, newest first.

        1. By the stamp, where the ERP can be asked for it: one call.
        2. Where changes can be asked for, the changes since then: what was just made is among them.
        3. Else by a match key that the ERP can be asked for. Only young records count: an old namesake says nothing.
        4. Else everything. That is slow, and rare: it takes a lost reply.
        """
        if stamp and self._offers.external_id and STAMP in self._profile.look_ups(flow):
            return await self._with(flow, STAMP, stamp)
        if self.traits(flow).changes == "scan" and (found := self._young(await self._alike(flow, match), since)):
            return _newest_first(found, since)
        return _newest_first(await self._made(flow, since), since)

    async def _alike(self, flow: Flow, match: Fields) -> list[Record]:
        for name in self._profile.look_ups(flow):
            if match.get(name) not in (None, ""):
                return await self._with(flow, name, str(match[name]))
        return []

    async def _made(self, flow: Flow, since: int) -> list[Record]:
        newest_first = self.traits(flow).changes == "newest_first"
        records: list[Record] = []
        cursor: str | None = None
        while True:
            page = await self.page(flow, since=since, cursor=cursor)
            records += self._young(page.records, since)
            cursor = page.next
            if cursor is None or (newest_first and self._older(page, since)):
                return records

    async def _with(self, flow: Flow, name: str, value: str) -> list[Record]:
        """Return the records with exactly this value, deleted ones too."""
        listing = self._profile.listing_of(flow)
        asked = listing.always | (listing.with_deleted if self._offers.soft_delete else {})
        return [*(await self._list(flow, asked | {self._profile.look_ups(flow)[name]: value}, None)).records]

    def _young(self, records: Iterable[Record], since: int) -> list[Record]:
        """Keep the records created since; one that does not say when may have been."""
        start = since - self._profile.values.rounded_ms
        return [record for record in records if record.created_at is None or record.created_at >= start]

    def _older(self, page: Page, since: int) -> bool:
        start = since - self._profile.values.rounded_ms
        return all(record.updated_at is not None and record.updated_at < start for record in page.records)


def _newest_first(records: Iterable[Record], since: int) -> list[Record]:
    """Return each record once, in its last state."""
    found = {record.id: record for record in records}
    return sorted(found.values(), key=lambda record: record.created_at or since, reverse=True)
