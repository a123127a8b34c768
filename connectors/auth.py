"""Credentials: what goes on a request, and what must never show in a message.

Keap takes personal access tokens and service account keys either way (help article "Get Your API Key"; the vendor's own sample
uses Bearer). An `httpx.Auth` is a generator, so a token that refreshes itself (`connectors.oauth`) takes a static one's place.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Literal

import httpx

Header = Literal["authorization", "x-keap-api-key"]


class Auth(httpx.Auth):
    """The credentials of one account."""

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return what `redact` has to mask now."""
        raise NotImplementedError

    async def close(self) -> None:
        """Finish what must not be broken off; nothing here."""


class TokenAuth(Auth):
    """Puts a static token on every request; the repr does not show it."""

    def __init__(self, token: str, header: Header = "authorization") -> None:
        self._token = token
        self._header = header

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the token."""
        return (self._token,)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request with the token on it; one that is refused stays refused."""
        request.headers[self._header] = f"Bearer {self._token}" if self._header == "authorization" else self._token
        yield request

    def __repr__(self) -> str:
        return f"TokenAuth({self._header}: ***)"
