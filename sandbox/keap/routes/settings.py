"""Users and the tenant's configuration."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.keap.entities.product import CURRENCY
from sandbox.keap.errors import bad_request
from sandbox.keap.tenant import API_USER, Tenant

_MODULES = frozenset({
    "AFFILIATE", "APPLICATION", "APPOINTMENT", "CONTACT", "ECOMMERCE", "EMAIL", "FORMS", "FULFILLMENT", "INVOICE", "NOTE",
    "OPPORTUNITY", "TASK", "TEMPLATE",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """What a client reads once, before it works."""

    tenant: Tenant

    def routes(self, prefix: str) -> list[Route]:
        """The URLs."""
        return [
            Route(f"{prefix}/users", self.users),
            Route(f"{prefix}/settings/applications:getConfiguration", self.configuration),
            Route(f"{prefix}/oauth/connect/userinfo", self.userinfo),
        ]

    async def users(self, _request: Request) -> Response:
        """All users in one page."""
        rows = self.tenant.store.view().whole("users")
        users = [{"id": str(row.id), **row.document, "status": "ACTIVE"} for row in rows]
        return JSONResponse({"users": users, "next_page_token": ""})

    async def configuration(self, request: Request) -> Response:
        """`?fields=OPPORTUNITY,ECOMMERCE`: the modules asked for; those with nothing in them are empty objects."""
        asked = [name for part in request.query_params.getlist("fields") for name in part.split(",") if name]
        for name in asked:
            if name not in _MODULES:
                raise bad_request(f"fields: {name!r} is none of {', '.join(sorted(_MODULES))}", "fields")
        known = {"OPPORTUNITY": self._opportunity(), "ECOMMERCE": {"currency": CURRENCY, "track_inventory": False}}
        return JSONResponse({name.lower(): known.get(name, {}) for name in asked or sorted(_MODULES)})

    async def userinfo(self, _request: Request) -> Response:
        """Whom the token stands for."""
        return JSONResponse({"sub": "0", "given_name": API_USER, "family_name": "", "email": "api@example.com"})

    def _opportunity(self) -> dict[str, Any]:
        ids = {row.document["name"]: str(row.id) for row in self.tenant.store.view().whole("stages")}
        won, lost = ids.pop("Won", ""), ids.pop("Lost", "")
        return {
            "default_stage": next(iter(ids.values()), ""),
            "states": {
                "active": {"stages": ",".join(ids.values())},
                "win": {"stage": won, "reasons": ""},
                "loss": {"stage": lost, "reasons": ""},
            },
        }
