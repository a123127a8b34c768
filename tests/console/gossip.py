"""A server that repeats, in each refusal, everything it was told: headers, credentials, body."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

WRITES = frozenset({"POST", "PATCH", "PUT", "DELETE"})


@dataclass
class Gossip:
    """Stands before a sandbox server, whose own switches it lets through.

    Attributes:
        refused: methods that are answered 400.
        tokens: what the token endpoint says: 0 lets requests through.
        odd: lists carry things that are no records.
    """

    app: ASGIApp
    refused: frozenset[str] = WRITES
    tokens: int = 0
    odd: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or let through."""
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox"):
            await self.app(scope, receive, send)
        elif scope["path"] == "/token" and self.tokens:
            await self._repeat(scope, receive, send, self.tokens)
        elif scope["path"].startswith(("/rest", "/api")) and scope["method"] in self.refused:
            await self._repeat(scope, receive, send, 400)
        elif self.odd and scope["path"] == "/rest/v2/companies":
            await JSONResponse({"companies": ["no record"]})(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _repeat(self, scope: Scope, receive: Receive, send: Send, status: int) -> None:
        request = Request(scope, receive)
        told = " ".join([*(f"{name}: {value}" for name, value in request.headers.items()), (await request.body()).decode()])
        words = {"message": told, "error_description": told, "error": "invalid_grant", "detail": told}
        await JSONResponse(words, status_code=status)(scope, receive, send)
