"""The second ERP as an application: five verbs over four dictionaries, behind switchable faults."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from decimal import Decimal
from hmac import compare_digest
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from sandbox.http import run
from sandbox.http.faults import Faults
from sandbox.http.rules import Fault
from sandbox.ledger import lists
from sandbox.ledger.shapes import SHAPES, faults, merged

DEFAULT_TOKEN = "ledger-sandbox-token"  # noqa: S105 -- opens nothing but the sandbox
_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number")


class Ledger:
    """The records, by collection and id, and the taste of the day."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._ids = itertools.count(1001)
        self.taste = lists.Taste()
        self.records: defaultdict[str, dict[int, dict[str, Any]]] = defaultdict(dict)

    async def many(self, request: Request) -> Response:
        """List a collection, or add to it; a create is answered with the new id alone."""
        collection = request.path_params["collection"]
        if refused := self._refusal(request, collection):
            return refused
        if request.method == "GET":
            body, headers = lists.answer(
                self.taste, list(self.records[collection].values()), request.query_params, str(request.url.replace(query=""))
            )
            return _json(body, headers=headers)
        record = merged({}, _decoder.decode(await request.body())["data"])
        if wrong := faults(collection, record, self._exists):
            return _error(422, "; ".join(wrong))
        record_id = next(self._ids)
        now = int(time.time())
        self.records[collection][record_id] = {"id": record_id, "createdOn": now, "changedOn": now, **record}
        return _json({"data": {"id": record_id}}, 201)

    async def one(self, request: Request) -> Response:
        """Show, change or drop a record."""
        collection, record_id = request.path_params["collection"], request.path_params["id"]
        if refused := self._refusal(request, collection):
            return refused
        known = self.records[collection].get(int(record_id)) if record_id.isdecimal() else None
        if known is None:
            return _error(404, f"no {record_id} among the {collection}")
        if request.method == "GET":
            return _json({"data": known})
        if request.method == "DELETE":
            del self.records[collection][int(record_id)]
            return Response(status_code=204)
        meta = {name: known[name] for name in ("id", "createdOn", "changedOn")}
        before = {name: value for name, value in known.items() if name not in meta}
        after = merged(before, _decoder.decode(await request.body())["data"])
        if wrong := faults(collection, after, self._exists):
            return _error(422, "; ".join(wrong))
        if after != before:
            self.records[collection][int(record_id)] = {**meta, "changedOn": int(time.time()), **after}
        return _json({"data": self.records[collection][int(record_id)]})

    async def switch(self, request: Request) -> Response:
        """`PUT /_sandbox/taste`: another taste from now on."""
        self.taste = msgspec.json.decode(await request.body() or b"{}", type=lists.Taste)
        return _json(msgspec.to_builtins(self.taste))

    def _exists(self, collection: str, record_id: int) -> bool:
        return record_id in self.records[collection]

    def _refusal(self, request: Request, collection: str) -> Response | None:
        if not compare_digest(request.headers.get("x-api-key", "").encode(), self._token.encode()):
            return _error(401, "the key does not open anything")
        return None if collection in SHAPES else _error(404, f"no collection {collection}")


def serve(port: int, token: str | None = None, host: str = "127.0.0.1") -> None:
    """Serve an empty ledger until SIGTERM; `token` is the key that is accepted, None for `DEFAULT_TOKEN`."""
    run.serve(build_app(token), host, port)


def build_app(token: str | None = None) -> ASGIApp:
    """Build an empty ledger; its API lies under `/v2`, its switches under `/_sandbox`."""
    ledger, broken = Ledger(token or DEFAULT_TOKEN), Faults("/v2", _fault)
    app = Starlette(
        routes=[
            Route("/v2/{collection}", ledger.many, methods=["GET", "POST"]),
            Route("/v2/{collection}/{id}", ledger.one, methods=["GET", "PATCH", "DELETE"]),
            Route("/_sandbox/taste", ledger.switch, methods=["PUT"]),
            Route("/_sandbox/faults", broken.endpoint, methods=["GET", "PUT"]),
            Route("/_sandbox/health", lambda _: Response(b"{}"), methods=["GET"]),
        ]
    )
    return broken.middleware(app)


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(_encoder.encode(body), status, headers, media_type="application/json")


def _error(status: int, text: str) -> Response:
    return _json({"error": text}, status)


def _fault(fault: Fault) -> Response:
    if fault is Fault.THROTTLE:
        return _json({"error": "slow down"}, 429, {"Retry-After": "1"})
    return _error(401, "the key does not open anything") if fault is Fault.REJECT_TOKEN else _error(500, "out of order")
