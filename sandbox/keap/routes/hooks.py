"""`/rest/v1/hooks`: subscriptions, which only version 1 of the API knows (SPEC1)."""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.keap.errors import bad_request, not_found
from sandbox.keap.hooks import EVENTS, SECRET, Hooks, Switch

PREFIX = "/rest/v1/hooks"


@dataclass(frozen=True, slots=True)
class HookRoutes:
    """The calls about subscriptions."""

    hooks: Hooks

    def routes(self) -> list[Route]:
        """The API's URLs and the sandbox's switch."""
        one = PREFIX + "/{key:int}"
        return [
            Route("/_sandbox/hooks", self.switch, methods=["GET", "PUT"]),
            Route(PREFIX + "/event_keys", self.events, methods=["GET"]),
            Route(PREFIX, self.list, methods=["GET"]),
            Route(PREFIX, self.create, methods=["POST"]),
            Route(one, self.get, methods=["GET"]),
            Route(one, self.put, methods=["PUT"]),
            Route(one, self.delete, methods=["DELETE"]),
            Route(one + "/verify", self.verify, methods=["POST"]),
            Route(one + "/delayedVerify", self.verify_delayed, methods=["POST"]),
        ]

    async def events(self, _request: Request) -> Response:
        """What can be subscribed to."""
        return JSONResponse(list(EVENTS))

    async def list(self, _request: Request) -> Response:
        """All subscriptions, a bare array."""
        return JSONResponse(list(self.hooks.subscribed()))

    async def create(self, request: Request) -> Response:
        """Subscribe and shake hands, 201; whether it is Verified is in the answer."""
        event, url = await _body(request)
        cursor = self.hooks.connection.execute("INSERT INTO hooks (event, url, status) VALUES (?, ?, 'Unverified')", (event, url))
        await self.hooks.verify(str(cursor.lastrowid))
        return JSONResponse(self._find(cursor.lastrowid), status_code=201)

    async def get(self, request: Request) -> Response:
        """One subscription; 404."""
        return JSONResponse(self._find(request.path_params["key"]))

    async def put(self, request: Request) -> Response:
        """Another event or address, which has to be verified anew."""
        key = self._find(request.path_params["key"])["key"]
        event, url = await _body(request)
        self.hooks.connection.execute("UPDATE hooks SET event = ?, url = ? WHERE key = ?", (event, url, int(key)))
        await self.hooks.verify(key)
        return JSONResponse(self._find(int(key)))

    async def delete(self, request: Request) -> Response:
        """End it, 204."""
        key = self._find(request.path_params["key"])["key"]
        self.hooks.connection.execute("DELETE FROM hooks WHERE key = ?", (int(key),))
        return Response(status_code=204)

    async def verify(self, request: Request) -> Response:
        """Shake hands again; this is how an Inactive one comes back."""
        key = self._find(request.path_params["key"])["key"]
        await self.hooks.verify(key)
        return JSONResponse(self._find(int(key)))

    async def verify_delayed(self, request: Request) -> Response:
        """The answer to a handshake, brought later."""
        key = self._find(request.path_params["key"])["key"]
        await self.hooks.verify(key, request.headers.get(SECRET, ""))
        return JSONResponse(self._find(int(key)))

    async def switch(self, request: Request) -> Response:
        """`GET` shows how deliveries go, `PUT` replaces it; 400 names what is wrong."""
        if request.method == "PUT":
            try:
                self.hooks.turn(msgspec.json.decode(await request.body() or b"{}", type=Switch))
            except msgspec.MsgspecError as error:
                return JSONResponse({"message": str(error)}, status_code=400)
        return JSONResponse(msgspec.to_builtins(self.hooks.switch))

    def _find(self, key: int | None) -> dict[str, Any]:
        for hook in self.hooks.subscribed():
            if hook["key"] == str(key):
                return hook
        raise not_found("Hook", str(key))


async def _body(request: Request) -> tuple[str, str]:
    try:
        body = json.loads(await request.body())
        event, url = body["eventKey"], body["hookUrl"]
    except (ValueError, LookupError, TypeError) as error:
        raise bad_request("eventKey and hookUrl are required") from error
    if event not in EVENTS:
        raise bad_request(f"eventKey: there is no {event}", "eventKey")
    if not isinstance(url, str) or urlsplit(url).scheme not in {"http", "https"}:
        raise bad_request("hookUrl is no address", "hookUrl")
    return event, url
