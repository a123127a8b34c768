"""`/{entity}/model`: which custom fields an entity has, and which properties are shown only on request (SPEC, 2.8)."""

import json
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.keap.checks import anything, one_of, part, text
from sandbox.keap.entities import Entity
from sandbox.keap.entities.customs import TABLE as CUSTOM_FIELDS
from sandbox.keap.entities.customs import defined
from sandbox.keap.errors import Refused, bad_request, not_found
from sandbox.keap.storage import Row
from sandbox.keap.tenant import API_USER, Tenant

FIELD_TYPES = (
    "CURRENCY", "DATE", "DATE_TIME", "DAY_OF_WEEK", "DECIMAL_NUMBER", "DRILLDOWN", "DROPDOWN", "EMAIL", "LIST_BOX", "MONTH",
    "NAME", "PERCENT", "PHONE_NUMBER", "RADIO", "SOCIAL_SECURITY_NUMBER", "STATE", "TEXT", "TEXT_AREA", "USER",
    "USER_LIST_BOX", "WEBSITE", "WHOLE_NUMBER", "YEAR", "YES_NO",
)  # fmt: skip
_LABEL = part({"label": text(255)})
_BODY = part({
    "label": text(255), "field_type": one_of(*FIELD_TYPES), "options": anything, "group_id": text(20), "user_group_id": text(20),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Model:
    """The model of one entity."""

    entity: Entity
    tenant: Tenant

    def routes(self, prefix: str) -> list[Route]:
        """The model's URLs."""
        path = f"{prefix}/{self.entity.path}/model"
        return [
            Route(path, self.get, methods=["GET"]),
            Route(path + "/customFields", self.create, methods=["POST"]),
            Route(path + "/customFields/{field_id}", self.rename, methods=["PATCH"]),
            Route(path + "/customFields/{field_id}", self.delete, methods=["DELETE"]),
        ]

    async def get(self, _request: Request) -> Response:
        """ObjectModel: custom fields and optional properties."""
        fields = defined(self.tenant.store.view(), self.entity.plural)
        optional = [name for name, each in self.entity.properties.items() if each.show and each.optional]
        return JSONResponse({"custom_fields": [_show(row) for row in fields], "optional_properties": optional})

    async def create(self, request: Request) -> Response:
        """Add a custom field, 201."""
        try:
            field = _BODY(json.loads(await request.body())) or {}
        except (Refused, ValueError) as error:
            raise bad_request(f"custom field {error}") from error
        for name in ("label", "field_type"):
            if name not in field:
                raise bad_request(f"{name} is required", name)
        with self.tenant.store.transaction():
            row = self.tenant.define_field(self.entity, field)
            self.tenant.log.committed(request, "custom field", str(row.id))
        return JSONResponse(_show(row), status_code=201)

    async def rename(self, request: Request) -> Response:
        """Give a custom field another label."""
        try:
            label = _LABEL(json.loads(await request.body()) or {})
        except (Refused, ValueError) as error:
            raise bad_request(f"custom field {error}") from error
        row = self._found(request)
        with self.tenant.store.transaction():
            row = self.tenant.store.update(CUSTOM_FIELDS, row, {**row.document, **(label or {})}, API_USER)
            self.tenant.log.committed(request, "custom field", str(row.id))
        return JSONResponse(_show(row))

    async def delete(self, request: Request) -> Response:
        """Take a custom field away, and its contents with it, 204."""
        row = self._found(request)
        with self.tenant.store.transaction():
            self.tenant.store.delete(CUSTOM_FIELDS, row.id)
            self.tenant.log.committed(request, "custom field", str(row.id))
        return Response(status_code=204)

    def _found(self, request: Request) -> Row:
        field_id = request.path_params["field_id"]
        for row in defined(self.tenant.store.view(), self.entity.plural):
            if str(row.id) == field_id:
                return row
        raise not_found("custom field", field_id)


def _show(row: Row) -> dict[str, Any]:
    """CustomFieldMetaData; the nulls are what a recording of 2025 shows, names included."""
    return {
        "id": str(row.id),
        "label": row.document["label"],
        "field_type": row.document["field_type"],
        "options": row.document.get("options"),
        "record_type": None,
        "default_value": None,
        "group_id": None,
        "group_name": None,
        "field_name": None,
    }
