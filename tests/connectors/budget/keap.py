"""Keap's quota behind a mock transport, in virtual time: it counts as the vendor does and tells in headers what the vendor tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from email.utils import formatdate

import httpx

from connectors.auth import TokenAuth
from connectors.budget import Pacer, Policy
from connectors.budget.books import Books
from connectors.http import Api
from sandbox.keap.quota import Limits, Quota
from tests.connectors.budget.virtual import now

Scripted = httpx.Response | type[httpx.TransportError]


class Keap:
    """A server.

    Args:
        limits: what it allows.
        script: answers that come first, each to one call; what follows is success.
        latency_s: how long an answer takes.

    Attributes:
        arrivals: when calls came (seconds since the epoch).
        refused: how many found a window full.
    """

    def __init__(self, limits: Limits | None = None, script: Iterable[Scripted] = (), latency_s: float = 0.3) -> None:
        self.quota = Quota(limits or Limits(), clock=lambda: int(now() * 1000))
        self.arrivals: list[float] = []
        self.refused = 0
        self._script, self._latency_s = iter(script), latency_s

    def api(self, books: Books | None = None, per_second: float = 4) -> Api:
        """Return a client's way in; call it in the loop."""
        clock = asyncio.get_running_loop().time
        pacer = Pacer(Policy(per_second), books, clock=clock)
        return Api(
            "keap",
            "http://keap",
            TokenAuth("not-a-real-one", "authorization"),
            pacer,
            clock=clock,
            transport=httpx.MockTransport(self._answer),
        )

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        self.arrivals.append(now())
        allowed = self.quota.spend()
        self.refused += not allowed
        headers = {"date": formatdate(now(), usegmt=True), **self.quota.headers()}
        await asyncio.sleep(self._latency_s)
        scripted = next(self._script, None)
        if isinstance(scripted, type):
            raise scripted("scripted", request=request)
        if scripted is not None:
            return _sent(scripted.status_code, scripted.headers, scripted.content)
        return _sent(200 if allowed else 429, headers, b"{}")


def _sent(status: int, headers: Mapping[str, str], body: bytes) -> httpx.Response:
    """Return an answer that still has to be read, as one from a socket."""

    async def content() -> AsyncIterator[bytes]:
        yield body

    return httpx.Response(status, headers={name: said for name, said in headers.items() if name != "content-length"}, content=content())
