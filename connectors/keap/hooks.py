"""Keap's REST hooks (`/rest/v1/hooks`; version 2 has none): one subscription per event, verified by a handshake, nothing signed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from connectors.hooks import Subscription
from connectors.http import Api
from connectors.jsonbytes import Json
from schemas.flows import Flow, Side

VERBS: Final = ("add", "edit", "delete")
KINDS: Final[dict[Flow, str]] = {"company": "company", "contact": "contact", "opportunity": "opportunity", "product": "product"}


class KeapHooks:
    """The subscriptions of one tenant. Implements `connectors.hooks.Announcer`."""

    side: Side = "keap"
    signs = False

    def __init__(self, api: Api) -> None:
        """Call by `api`, whose address ends in `/rest/v1`."""
        self._api = api

    async def subscriptions(self) -> list[Subscription]:
        """Return all subscriptions of the tenant."""
        return [_subscription(raw) for raw in (await self._api.call("GET", "hooks", array=True)).body.get("items", ())]

    async def subscribe(self, url: str, flows: Collection[Flow]) -> list[Subscription]:
        """Subscribe to what is missing; Keap shakes hands before it answers."""
        known = {event for each in await self.subscriptions() if each.url == url for event in each.events}
        wanted = [f"{KINDS[flow]}.{verb}" for flow in flows for verb in VERBS]
        bodies = [{"eventKey": event, "hookUrl": url} for event in wanted if event not in known]
        return [_subscription((await self._api.call("POST", "hooks", body=body)).body) for body in bodies]

    async def verify(self, key: str) -> None:
        """Ask for another handshake."""
        await self._api.call("POST", f"hooks/{key}/verify", record=True)

    async def unsubscribe(self, key: str) -> None:
        """End a subscription."""
        await self._api.call("DELETE", f"hooks/{key}", record=True)

    async def close(self) -> None:
        """Release connections."""
        await self._api.close()


def _subscription(raw: Json) -> Subscription:
    return Subscription(str(raw["key"]), frozenset({str(raw["eventKey"])}), str(raw["hookUrl"]), raw.get("status") == "Verified")
