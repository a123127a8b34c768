"""List, get, create, patch and delete: the same five calls for every entity."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.http.faults import Faults
from sandbox.keap import bodies, filters, paging, parameters, rounding
from sandbox.keap.duplicates import find_duplicate
from sandbox.keap.entities import CONTACT, Entity
from sandbox.keap.entities.spec import MISSING, Reading
from sandbox.keap.errors import bad_request, not_found
from sandbox.keap.storage import Row, View
from sandbox.keap.tenant import API_USER, Tenant


@dataclass(frozen=True, slots=True)
class Records:
    """The calls of one entity."""

    entity: Entity
    tenant: Tenant
    faults: Faults

    def routes(self, prefix: str) -> list[Route]:
        """The collection's and its records' URLs."""
        path = f"{prefix}/{self.entity.path}"
        return [
            Route(path, self.list, methods=["GET"]),
            Route(path, self.create, methods=["POST"]),
            Route(path + "/{id}", self.get, methods=["GET"]),
            Route(path + "/{id}", self.patch, methods=["PATCH"]),
            Route(path + "/{id}", self.delete, methods=["DELETE"]),
        ]

    async def list(self, request: Request) -> Response:
        """One page: `{"<plural>": [...], "next_page_token": a full URL or ""}`."""
        query, entity = request.query_params, self.entity
        page = paging.parse(entity, query)
        conditions = filters.parse(query.get("filter", ""), entity.filters, entity.filters_apart)
        where, parameters_ = _joined([*conditions, *_visible(entity, request), page.condition])
        reading = self._reading(rounding.text_rounded_up, alone=False)
        found = reading.view.select_keyed(entity.plural, page.key, where, parameters_, page.tail)
        wanted = parameters.selected(entity, query)
        shown = [_show(entity, row, wanted, reading) for row, _ in found[: page.size]]
        more = ""
        if len(found) > page.size:
            last, key = found[page.size - 1]
            more = page.next_url(request.url, key, last.id)
        return JSONResponse({entity.plural: shown, "next_page_token": more})

    async def get(self, request: Request) -> Response:
        """One record by id; 404."""
        reading = self._reading(rounding.text_rounded_up)
        row = self._find(request, reading.view)
        self.tenant.log.looked_at(request, self.entity.kind.lower(), str(row.id))
        return JSONResponse(_show(self.entity, row, parameters.selected(self.entity, request.query_params), reading))

    async def create(self, request: Request) -> Response:
        """A new record, 201; 200 where `duplicate_option` found one to update."""
        body, option = await _json(request), request.query_params.get("duplicate_option")
        wanted = parameters.selected(self.entity, request.query_params)
        with self.tenant.store.transaction():
            view = self.tenant.store.view()
            document = bodies.create(self.entity, body, view)
            found = find_duplicate(option, document, view) if option and self.entity is CONTACT else None
            if found:
                document = bodies.patch(self.entity, found.document, body, None, view)
                row = self.tenant.store.update(self.entity.plural, found, document, _who(request))
            else:
                row = self.tenant.store.insert(self.entity.plural, self.entity.id_space, document, _who(request))
            self.tenant.log.committed(request, self.entity.kind.lower(), str(row.id))
        self.tenant.hooks.announce(self.entity.kind, "edit" if found else "add", row.id)
        return self._written(row, wanted, 200 if found else 201)

    async def patch(self, request: Request) -> Response:
        """A changed record, 200; 404."""
        body = await _json(request)
        wanted = parameters.selected(self.entity, request.query_params)
        mask = parameters.masked(self.entity, request.query_params)
        with self.tenant.store.transaction():
            view = self.tenant.store.view()
            old = self._find(request, view)
            document = bodies.patch(self.entity, old.document, body, mask, view)
            row = self.tenant.store.update(self.entity.plural, old, document, _who(request))
            self.tenant.log.committed(request, self.entity.kind.lower(), str(row.id))
        if row is not old:
            self.tenant.hooks.announce(self.entity.kind, "edit", row.id)
        return self._written(row, wanted, 200)

    async def delete(self, request: Request) -> Response:
        """The record is gone, 204; 404."""
        with self.tenant.store.transaction():
            row = self._find(request, self.tenant.store.view())
            self.tenant.store.delete(self.entity.plural, row.id)
            self.tenant.log.committed(request, self.entity.kind.lower(), str(row.id))
        self.tenant.hooks.announce(self.entity.kind, "delete", row.id)
        return Response(status_code=204)

    def _find(self, request: Request, view: View) -> Row:
        """The record that the path names; one that the token does not show is not there."""
        record_id, entity = request.path_params["id"], self.entity
        row = view.get(entity.plural, record_id)
        user = _sees_only(request)
        if row is None or (user and entity.owner and row.document.get(entity.owner) != user):
            raise not_found(entity.kind, record_id)
        return row

    def _reading(self, moment: Any, *, alone: bool = True) -> Reading:
        stale_ms = self.faults.rules.stale_read_ms
        return Reading(self.tenant.store.view(stale_ms), self.entity.plural, moment, alone)

    def _written(self, row: Row, wanted: tuple[str, ...], status: int) -> Response:
        reading = Reading(self.tenant.store.view(), self.entity.plural, rounding.text)
        return JSONResponse(_show(self.entity, row, wanted, reading), status_code=status)


def _show(entity: Entity, row: Row, wanted: Iterable[str], reading: Reading) -> dict[str, Any]:
    shown = {}
    for name in wanted:
        if show := entity.properties[name].show:
            shown[name] = show(row, reading)
    return {name: value for name, value in shown.items() if value is not MISSING}


def _joined(conditions: list[filters.Condition]) -> tuple[str, list[Any]]:
    return " AND ".join(each.sql for each in conditions), [one for each in conditions for one in each.parameters]


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise bad_request(f"The body is no JSON: {error}") from error


def _sees_only(request: Request) -> str | None:
    """The user behind a personal token, who sees no records but their own (what is nobody's they do not see either)."""
    user: str | None = request.scope["state"].get("sees_only")
    return user


def _visible(entity: Entity, request: Request) -> list[filters.Condition]:
    user = _sees_only(request)
    return [filters.Condition(f"document ->> '$.{entity.owner}' = ?", (user,))] if user and entity.owner else []


def _who(request: Request) -> str:
    return request.headers.get("x-sandbox-user", API_USER)
