"""What stands before the API: credentials, quota, and bodies where none belongs, in this order."""

import secrets
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.keap.errors import invalid_token, malformed_request
from sandbox.keap.oauth import OAuth
from sandbox.keap.quota import Quota

PERSONAL_TOKEN = "keap-sandbox-personal-token"  # noqa: S105 -- of a sandbox
PERSON = "1"  # Whose token that is: the first of the tenant's users, who may see no records but their own.


@dataclass(slots=True)
class Gateway:
    """The gateway of one tenant: it takes one key, the personal access token of one user, and the access tokens given out by OAuth."""

    prefix: str
    token: str
    quota: Quota
    oauth: OAuth

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap `app`: only requests that may pass reach it, and every answer tells the quota."""

        async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
                await app(scope, receive, send)
                return
            headers = Headers(scope=scope)
            given = _given(headers)
            if secrets.compare_digest(given.encode(), PERSONAL_TOKEN.encode()):
                scope["state"]["sees_only"] = PERSON
            elif not self._known(given):
                await invalid_token()(scope, receive, send)
                return
            if not self.quota.spend():
                await self.quota.refusal()(scope, receive, send)
            elif scope["method"] in {"GET", "DELETE"} and _has_body(headers):
                await malformed_request()(scope, receive, send)
            else:
                # next_page_token carries a trailing slash; both spellings are served.
                await app({**scope, "path": scope["path"].rstrip("/")}, receive, self._telling(send))

        return guarded

    def _known(self, given: str) -> bool:
        return secrets.compare_digest(given.encode(), self.token.encode()) or self.oauth.knows(given)

    def _telling(self, send: Send) -> Send:
        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(self.quota.headers())
            await send(message)

        return telling


def _given(headers: Headers) -> str:
    scheme, _, bearer = headers.get("authorization", "").partition(" ")
    return bearer if scheme.lower() == "bearer" else headers.get("x-keap-api-key", "")


def _has_body(headers: Headers) -> bool:
    return headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
