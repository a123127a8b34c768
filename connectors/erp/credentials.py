"""The ERP's credentials: a static token in whatever header the profile names."""

from __future__ import annotations

from collections.abc import Generator

import httpx

from connectors import auth
from connectors.erp.profile.shape import Auth


class ErpAuth(auth.Auth):
    """Puts the token on every request; the repr does not show it."""

    def __init__(self, token: str, look: Auth) -> None:
        self._token = token
        self._look = look

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return the token."""
        return (self._token,)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Yield the request with the token on it; one that is refused stays refused."""
        request.headers[self._look.header] = f"{self._look.scheme} {self._token}".strip()
        yield request

    def __repr__(self) -> str:
        return f"ErpAuth({self._look.header}: ***)"
