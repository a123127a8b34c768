"""The contract's webhooks: one subscription for all events, signed by the Standard Webhooks conventions (standardwebhooks.com)."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from connectors.erp.properties import COLLECTIONS
from connectors.hooks import Subscription
from connectors.http import Api
from connectors.jsonbytes import Json
from schemas.flows import Flow, Side

VERBS: Final = ("created", "updated", "deleted")


class ErpWebhooks:
    """The subscriptions of one ERP. Implements `connectors.hooks.Announcer`."""

    side: Side = "erp"
    signs = True

    def __init__(self, api: Api) -> None:
        """Call by `api`, whose address ends in `/api/v1`."""
        self._api = api

    async def subscriptions(self) -> list[Subscription]:
        """Return all subscriptions of the account, without their secrets."""
        return [_subscription(raw) for raw in (await self._api.call("GET", "webhooks")).body.get("items", ())]

    async def subscribe(self, url: str, flows: Collection[Flow]) -> list[Subscription]:
        """Subscribe an address that is not subscribed to all of it yet."""
        wanted = {f"{COLLECTIONS[flow].removesuffix('s')}.{verb}" for flow in flows for verb in VERBS}
        if any(each.url == url and wanted <= each.events for each in await self.subscriptions()):
            return []
        return [_subscription((await self._api.call("POST", "webhooks", body={"url": url, "events": sorted(wanted)})).body)]

    async def verify(self, key: str) -> None:
        """Do nothing: the contract's subscriptions never die."""

    async def unsubscribe(self, key: str) -> None:
        """End a subscription."""
        await self._api.call("DELETE", f"webhooks/{key}", record=True)

    async def close(self) -> None:
        """Release connections."""
        await self._api.close()


def _subscription(raw: Json) -> Subscription:
    return Subscription(str(raw["id"]), frozenset(raw["events"]), str(raw["url"]), live=True, secret=raw.get("secret"))
