"""The receiver: `POST .../<secret>/<connection>/<side>`.

1. Who does not know the path meets nothing at all (404). An ERP's delivery has to be signed as well.
2. Keap's handshake is answered with its own secret.
3. A delivery becomes hints, and is answered once they are on the broker: within a second, or with a 503 that brings it again.
"""

from __future__ import annotations

import hmac
import time
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.errors import SchemaError
from schemas.flows import Side
from schemas.records import Hint
from streams.clock import now_ms
from streams.hooks.secrets import Secrets
from streams.hooks.signature import is_signed
from streams.hooks.understand import understand

HANDSHAKE: Final = "X-Hook-Secret"
LARGEST: Final = 1_000_000
"""Bytes: a thousand ids with their timestamps take a tenth of it."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Receiver:
    """What a delivery meets.

    Attributes:
        path: the secret part of every address.
        places: connections and sides whose hooks are heard.
        secrets: what ERPs sign with.
        send: hands hints to the broker; False when it did not take them in time.
    """

    path: str
    places: Collection[tuple[str, Side]]
    secrets: Secrets
    send: Callable[[list[Hint]], Awaitable[bool]]

    def app(self) -> Starlette:
        """Return the ASGI application."""
        return Starlette(routes=[Route("/{asked:path}", self.receive, methods=["POST"])])

    async def receive(self, request: Request) -> Response:
        """Take one request."""
        place = self._place(request)
        if place is None:
            return Response(status_code=404)
        if handshake := request.headers.get(HANDSHAKE):
            return Response(headers={HANDSHAKE: handshake})
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        if place[1] == "erp" and not self._signed(request, place[0], body):
            log.warning("hook.refused", connection=place[0], side=place[1], reason="not signed as it should be")
            return Response(status_code=401)
        return await self._take(place, body)

    async def _take(self, place: tuple[str, Side], body: bytes) -> Response:
        try:
            hints = understand(*place, body, now_ms())
        except SchemaError as error:
            log.warning("hook.not_understood", connection=place[0], side=place[1], error=str(error))
            return Response(status_code=400)
        taken = not hints or await self.send(hints)
        log.debug("hook.received", connection=place[0], side=place[1], hints=len(hints), taken=taken)
        return Response(status_code=204 if taken else 503)

    def _place(self, request: Request) -> tuple[str, Side] | None:
        # What stands before the secret is the proxy's, whether it leaves it there or not.
        path, connection, side = ["", "", "", *request.path_params["asked"].split("/")][-3:]
        known = hmac.compare_digest(path.encode(), self.path.encode())
        return next((place for place in self.places if known and place == (connection, side)), None)

    def _signed(self, request: Request, connection: str, body: bytes) -> bool:
        secret = self.secrets.read(connection)
        return secret is not None and is_signed(dict(request.headers), body, secret, time.time())


async def _body(request: Request) -> bytes | None:
    """Return the body, None for one that is too large."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            return None
    return bytes(body)
