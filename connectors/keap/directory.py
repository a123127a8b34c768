"""The tenant's names for ids, read once and again when an unknown one turns up.

A name that stays unknown costs at most one call a minute.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from connectors.http import Api
from connectors.jsonbytes import Json
from connectors.keap.entity import Entity
from connectors.keap.names import CustomField, Names

REFRESH_S: Final = 60.0
"""Names younger than this are not read again."""


class Directory:
    """A cache of models, stages and settings; safe for concurrent use in one event loop."""

    def __init__(self, api: Api, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._api, self._monotonic = api, monotonic
        self._kept: dict[str, tuple[float, Any]] = {}
        self._lock = asyncio.Lock()

    async def names(self, entity: Entity, *, known: Callable[[Names], bool] = lambda _names: True, writing: bool = False) -> Names:
        """Return the names an entity needs; they are read again unless they are `known`."""
        names = await self._names(entity, writing=writing, fresh=False)
        return names if known(names) else await self._names(entity, writing=writing, fresh=True)

    async def names_in(self, entity: Entity, raws: Iterable[Json]) -> Names:
        """Return the names that records of an entity use."""
        held = list(raws)
        return await self.names(entity, known=lambda names: not names.lack(held))

    async def currency(self) -> str | None:
        """Return the tenant's currency, ISO 4217; None where it says none."""
        found: str | None = await self._keep("settings/applications:getConfiguration", self._currency, fresh=False)
        return found

    async def _names(self, entity: Entity, *, writing: bool, fresh: bool) -> Names:
        custom = await self._keep(f"{entity.plural}/model", self._model, fresh=fresh) if entity.stamped else {}
        stages = await self._keep("opportunities/stages", self._stages, fresh=fresh) if entity.flow == "opportunity" else {}
        currency = await self.currency() if writing and entity.flow == "product" else None
        return Names(custom, stages, currency)

    async def _keep(self, path: str, read: Callable[[str], Awaitable[Any]], *, fresh: bool) -> Any:
        async with self._lock:
            read_at, value = self._kept.get(path, (float("-inf"), None))
            now = self._monotonic()
            if path not in self._kept or (fresh and now - read_at >= REFRESH_S):
                value = await read(path)
                self._kept[path] = (now, value)
            return value

    async def _model(self, path: str) -> dict[str, CustomField]:
        body = (await self._api.call("GET", path)).body
        fields = [CustomField(str(one["id"]), str(one["label"]), str(one.get("field_type"))) for one in body.get("custom_fields") or ()]
        return {one.id: one for one in sorted(fields, key=lambda one: (len(one.id), one.id))}

    async def _stages(self, path: str) -> dict[str, str]:
        body = (await self._api.call("GET", path, params={"page_size": "1000"})).body
        stages = sorted(body.get("stages") or (), key=lambda one: one.get("order") or 0)
        return {str(one["id"]): str(one["name"]) for one in stages}

    async def _currency(self, path: str) -> str | None:
        body = (await self._api.call("GET", path, params={"fields": "ECOMMERCE"})).body
        currency = (body.get("ecommerce") or {}).get("currency")
        return str(currency) if currency else None
