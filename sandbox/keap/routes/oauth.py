"""`/app/oauth/authorize`, `/token` and the switch `/_sandbox/oauth`, in the words of the vendor's gateway."""

import asyncio
import base64
import html
import secrets
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode

import msgspec
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.http.faults import hang_up
from sandbox.keap.oauth import OAuth, Switch

_PAGE = """<!DOCTYPE html><html><head><title>Allow access</title></head><body>
<form method="post"><p>Allow {client} to use this account?</p><button>Allow</button></form></body></html>"""


@dataclass(frozen=True, slots=True)
class OAuthRoutes:
    """The two pages of one tenant."""

    oauth: OAuth

    def routes(self) -> list[Route]:
        """What is served."""
        return [
            Route("/app/oauth/authorize", self.authorize, methods=["GET", "POST"]),
            Route("/token", _Token(self.oauth), methods=["POST"]),
            Route("/_sandbox/oauth", self.endpoint, methods=["GET", "PUT"]),
        ]

    async def authorize(self, request: Request) -> Response:
        """`GET` asks a person, `POST` is their yes: off to the redirect with a code."""
        asked = request.query_params
        uri = asked.get("redirect_uri", "")
        if asked.get("client_id") != self.oauth.switch.client_id or asked.get("response_type") != "code" or not uri:
            return HTMLResponse("<!DOCTYPE html><title>Invalid request</title>", status_code=400)
        if request.method == "GET":
            return HTMLResponse(_PAGE.format(client=html.escape(self.oauth.switch.client_id)))
        answer = {"code": self.oauth.code(uri), **({"state": asked["state"]} if "state" in asked else {})}
        return RedirectResponse(f"{uri}?{urlencode(answer)}", status_code=303)

    async def endpoint(self, request: Request) -> Response:
        """`GET` shows the switch and the counters, `PUT` replaces the switch."""
        if request.method == "PUT":
            try:
                self.oauth.turn(msgspec.json.decode(await request.body() or b"{}", type=Switch))
            except msgspec.MsgspecError as error:
                return JSONResponse({"message": str(error)}, status_code=400)
        counters = {"rotated": self.oauth.rotated, "reused": self.oauth.reused}
        return JSONResponse({**msgspec.to_builtins(self.oauth.switch), **counters})


@dataclass(frozen=True, slots=True)
class _Token:
    """`POST /token`; an ASGI app, so that a reply can be lost."""

    oauth: OAuth

    async def __call__(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        """Answer, or not."""
        request = Request(scope, receive)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        await asyncio.sleep(self.oauth.switch.wait_ms / 1000)
        response = self._answer(request, form)
        if response.status_code == 200 and self._lost():  # noqa: PLR2004
            await hang_up(scope, receive)
        else:
            await response(scope, receive, send)

    def _answer(self, request: Request, form: dict[str, str]) -> Response:
        switch = self.oauth.switch
        if switch.refuse:
            self.oauth.turn(msgspec.structs.replace(switch, refuse=switch.refuse - 1))
            return JSONResponse({"fault": {"faultstring": "The Service is temporarily unavailable"}}, status_code=503)
        if "grant_type" not in form:
            return _error(400, "invalid_request", "response_type or grant_type is required")
        if not self._is_client(request, form):
            return _error(401, "invalid_client", "Client credentials are invalid")
        if form["grant_type"] == "authorization_code":
            pair = self.oauth.exchange(form.get("code", ""), form.get("redirect_uri", ""))
            return JSONResponse(pair) if pair else _error(400, "invalid_grant", "Invalid authorization code")
        if form["grant_type"] == "refresh_token":
            pair = self.oauth.refresh(form.get("refresh_token", ""))
            return JSONResponse(pair) if pair else _error(400, "invalid_grant", "Invalid refresh token")
        return _error(400, "unsupported_grant_type", f"unknown grant_type {form['grant_type']}")

    def _is_client(self, request: Request, form: dict[str, str]) -> bool:
        """By form for the exchange, by a Basic header for the refresh."""
        switch = self.oauth.switch
        expected = f"{switch.client_id}:{switch.client_secret}"
        if form["grant_type"] == "refresh_token":
            scheme, _, given = request.headers.get("authorization", "").partition(" ")
            return scheme.lower() == "basic" and secrets.compare_digest(given, base64.b64encode(expected.encode()).decode())
        return secrets.compare_digest(f"{form.get('client_id')}:{form.get('client_secret')}".encode(), expected.encode())

    def _lost(self) -> bool:
        switch = self.oauth.switch
        if switch.lose_replies:
            self.oauth.turn(msgspec.structs.replace(switch, lose_replies=switch.lose_replies - 1))
        return switch.lose_replies > 0


def _error(status: int, error: str, description: str) -> Response:
    return JSONResponse({"error": error, "error_description": description}, status_code=status)
