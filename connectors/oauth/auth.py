"""An OAuth account's token on every request.

A 401 means that the token was revoked, or renewed by another process: the pair is replaced and the request sent once more (the gateway
refused it, so nothing happened). A second 401 stands.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

import httpx

from connectors.auth import Auth
from connectors.oauth.keeper import Keeper


class OAuth(Auth):
    """Puts the access token that is current on every request; for `httpx.AsyncClient` only."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return both pairs' tokens and the client's secret."""
        return self._keeper.secrets

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Yield the request, and again with another token when it is refused.

        Raises:
            RetriableError: there is no token just now; the request was not sent.
            FatalError: somebody has to log in.
        """
        tokens = await self._keeper.current()
        request.headers["authorization"] = f"Bearer {tokens.access}"
        response = yield request
        if response.status_code == httpx.codes.UNAUTHORIZED:
            tokens = await self._keeper.replace(tokens)
            request.headers["authorization"] = f"Bearer {tokens.access}"
            yield request

    async def close(self) -> None:
        """Wait for the renewal under way."""
        await self._keeper.close()

    def __repr__(self) -> str:
        return "OAuth(***)"
