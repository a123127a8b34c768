"""The sandbox's own URLs: health, and records in bulk. No key is asked for, nothing here is logged or counted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.http.clock import now_ms
from sandbox.keap import bodies, rounding
from sandbox.keap.entities import COMPANY, CONTACT, OPPORTUNITY, PRODUCT, Entity
from sandbox.keap.entities.checklist import DONE
from sandbox.keap.errors import ApiError, bad_request, not_found
from sandbox.keap.tenant import API_USER, Tenant

_ORDER = (COMPANY, CONTACT, PRODUCT, OPPORTUNITY)

Ids = dict[str, list[str]]


async def health(_request: Request) -> Response:
    """`{"ok": true}` once requests are served."""
    return JSONResponse({"ok": True})


@dataclass(frozen=True, slots=True)
class Seed:
    """`POST /_sandbox/seed`: many records in one transaction.

    The body is `{"companies": [...], "contacts": [...], "products": [...], "opportunities": [...]}`, each item as for
    POST, with `create_time` and `update_time` if wanted. `{"$ref": ["companies", 3]}` stands for the id of the fourth
    company of the same seed. The answer has the ids in the same shape and order.
    """

    tenant: Tenant

    async def endpoint(self, request: Request) -> Response:
        """Create everything or, at the first fault, nothing (400 naming the item)."""
        try:
            body = json.loads(await request.body())
        except ValueError as error:
            raise bad_request(f"The body is no JSON: {error}") from error
        ids: Ids = {entity.plural: [] for entity in _ORDER}
        unknown = body.keys() - ids.keys()
        if unknown:
            raise bad_request(f"seed: unknown {', '.join(sorted(unknown))}")
        with self.tenant.store.transaction():
            for entity in _ORDER:
                for item in body.get(entity.plural, []):
                    ids[entity.plural].append(self._add(entity, item, ids))
        return JSONResponse(ids)

    def _add(self, entity: Entity, item: dict[str, Any], ids: Ids) -> str:
        place = f"{entity.plural}[{len(ids[entity.plural])}]"
        try:
            fields = _resolved(item, ids)
            now = now_ms()
            created_ms = _moment(fields.pop("create_time", None), now)
            updated_ms = _moment(fields.pop("update_time", None), created_ms)
            document = bodies.create(entity, fields, self.tenant.store.view())
        except ApiError as error:
            raise bad_request(f"seed: {place}: {error.message}", error.resource) from error
        except (ValueError, LookupError, TypeError) as error:
            raise bad_request(f"seed: {place}: {error}") from error
        row = self.tenant.store.insert(entity.plural, entity.id_space, document, API_USER, (created_ms, updated_ms))
        return str(row.id)


@dataclass(frozen=True, slots=True)
class Done:
    """`PUT /_sandbox/checklist`: a person marks items of an opportunity's stage as done, which no call of the API does."""

    tenant: Tenant

    async def endpoint(self, request: Request) -> Response:
        """Take `{"opportunity": id, "items": [ids]}`; 404 without such an opportunity."""
        body = json.loads(await request.body())
        with self.tenant.store.transaction():
            row = self.tenant.store.view().get(OPPORTUNITY.plural, str(body["opportunity"]))
            if row is None:
                raise not_found(OPPORTUNITY.kind, str(body["opportunity"]))
            done = {str(item): rounding.text(now_ms()) for item in body["items"]}
            document = {**row.document, DONE: {**row.document.get(DONE, {}), row.document["stage_id"]: done}}
            self.tenant.store.update(OPPORTUNITY.plural, row, document, "person")
        return Response(status_code=204)


def _resolved(value: Any, ids: Mapping[str, list[str]]) -> Any:
    if isinstance(value, list):
        return [_resolved(item, ids) for item in value]
    if not isinstance(value, dict):
        return value
    if "$ref" in value:
        plural, index = value["$ref"]
        return ids[plural][index]
    return {name: _resolved(item, ids) for name, item in value.items()}


def _moment(given: str | None, otherwise: int) -> int:
    return otherwise if given is None else rounding.parse_instant(given)
