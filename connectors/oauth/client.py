"""What is said at the authorization server, as Keap wants it said: requests out, answers in, nothing sent.

Form-encoded; a JSON body is answered `invalid_request` (vendor forum). The exchange carries id and secret in the form, the refresh in a
Basic header (Keap REST docs, "Getting started with OAuth2").
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlencode

import httpx
import msgspec

from connectors.budget.headers import wait_of
from connectors.oauth.tokens import Tokens
from connectors.words import words_of
from schemas.errors import FatalError, RetriableError

AUTHORIZE_URL: Final = "https://accounts.infusionsoft.com/app/oauth/authorize"
TOKEN_URL: Final = "https://api.infusionsoft.com/token"  # noqa: S105 - an address
SCOPE: Final = "full"
_PASSING: Final = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class OAuthClient:
    """The application registered with Keap: one per deployment, for two that share one log each other out."""

    id: str
    secret: str = field(repr=False)
    token_url: str = TOKEN_URL
    authorize_url: str = AUTHORIZE_URL

    @property
    def basic(self) -> str:
        """Return the credentials of a Basic header: a secret too."""
        return b64encode(f"{self.id}:{self.secret}".encode()).decode()

    def authorization(self, redirect_uri: str, state: str) -> str:
        """Return the page on which a person lets us in; it sends them on to `redirect_uri` with a code and our `state`."""
        asked = {"client_id": self.id, "redirect_uri": redirect_uri, "response_type": "code", "scope": SCOPE, "state": state}
        return f"{self.authorize_url}?{urlencode(asked)}"

    def exchange(self, code: str, redirect_uri: str) -> httpx.Request:
        """Ask for the first pair."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        return self._post({**form, "client_id": self.id, "client_secret": self.secret})

    def refresh(self, token: str) -> httpx.Request:
        """Ask for the next pair; `token` is spent by it."""
        return self._post({"grant_type": "refresh_token", "refresh_token": token}, {"authorization": f"Basic {self.basic}"})

    def _post(self, form: dict[str, str], headers: dict[str, str] | None = None) -> httpx.Request:
        return httpx.Request("POST", self.token_url, data=form, headers={"accept": "application/json", **(headers or {})})


def grant_refused(response: httpx.Response) -> bool:
    """Tell whether the code or refresh token itself was refused: `invalid_grant`, or `invalid_request` with "Invalid Refresh Token"."""
    body = _body(response)
    said = str(body.get("error_description", "")).lower()
    return response.status_code == httpx.codes.BAD_REQUEST and (body.get("error") == "invalid_grant" or "refresh token" in said)


def tokens_of(response: httpx.Response, asked_at: int, kept: str = "") -> Tokens:
    """Read the pair out of an answer; `kept` is the refresh token that stays when none came.

    Raises:
        RetriableError: the server is busy or broken.
        FatalError: it refuses, or what came is no pair.
    """
    body, where = _body(response), f"keap {response.request.url}"
    if response.is_success:
        access, refresh, lasts_s = body.get("access_token"), body.get("refresh_token", kept), body.get("expires_in")
        if not access or not refresh or not str(lasts_s).isdecimal():
            raise FatalError(f"{where}: the answer names no access_token, refresh_token or expires_in")
        return Tokens(str(access), str(refresh), asked_at, asked_at + int(str(lasts_s)) * 1000)
    message = f"{where}: {response.status_code} {words_of(response)}"
    if response.is_server_error or response.status_code in _PASSING:
        raise RetriableError(message, wait_of(response.headers))
    raise FatalError(f"client_id, client_secret or token_url refused: {message}")


def _body(response: httpx.Response) -> dict[str, object]:
    try:
        body = msgspec.json.decode(response.content)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return body if isinstance(body, dict) else {}
