"""Credentials: a static token and the header it travels in.

Keap takes personal access tokens and service account keys either way (help article "Get Your API Key"; the vendor's own sample
uses Bearer). An `httpx.Auth` is a generator, so a token that refreshes itself can take this one's place.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Literal

import httpx

Header = Literal["authorization", "x-keap-api-key"]


class TokenAuth(httpx.Auth):
    """Puts a static token on every request.

    Attributes:
        secret: the token, for `redact`; the repr does not show it.
    """

    def __init__(self, token: str, header: Header = "authorization") -> None:
        self.secret = token
        self._header = header

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request with the token on it; one that is refused stays refused."""
        request.headers[self._header] = f"Bearer {self.secret}" if self._header == "authorization" else self.secret
        yield request

    def __repr__(self) -> str:
        return f"TokenAuth({self._header}: ***)"
