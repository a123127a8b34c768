"""Who renews and who waits: one renewal at a time in this process (a task), and among all processes (the store's lock).

While the access token lives nobody waits: the renewal runs beside the calls. It is never broken off, whoever is cancelled, since a lost
answer is a lost pair; `close` waits for it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import httpx
import structlog

from connectors.client import Client
from connectors.faults import FOREIGN, fate_of
from connectors.oauth.client import OAuthClient
from connectors.oauth.renew import renew, stored
from connectors.oauth.store import TokenStore
from connectors.oauth.tokens import Tokens
from connectors.redact import redact
from schemas.errors import FatalError, RetriableError, SyncError

REST_MS: Final = 60_000
"""Between two attempts to renew a token that still lives."""

log = structlog.get_logger(__name__)


def now_ms() -> int:
    """Return milliseconds since the epoch."""
    return time.time_ns() // 1_000_000


class Keeper:
    """Keeps one account's pair current.

    Args:
        remedy: what to tell an operator who has to log in again.
        timeout_s: of the token endpoint.
        clock: returns ms since the epoch.
    """

    def __init__(
        self, client: OAuthClient, store: TokenStore, remedy: str, *, timeout_s: float = 30, clock: Callable[[], int] = now_ms
    ) -> None:
        self._client, self._store, self._remedy = client, store, remedy
        self._timeout_s, self._clock = timeout_s, clock
        self._tokens: Tokens | None = None
        self._former: Tokens | None = None
        self._renewal: asyncio.Task[Tokens] | None = None
        self._rests_until = 0

    @property
    def secrets(self) -> tuple[str, ...]:
        """Return all that must not show."""
        pairs = [pair for pair in (self._tokens, self._former) if pair]
        return (self._client.secret, self._client.basic, *(token for pair in pairs for token in (pair.access, pair.refresh)))

    async def current(self) -> Tokens:
        """Return a pair to use now.

        Raises:
            RetriableError: there is none just now.
            FatalError: somebody has to log in.
        """
        tokens, now = self._tokens or self._first(), self._clock()
        if tokens.is_expired(now):
            return await self._renewed(tokens)
        if tokens.is_due(now) and now >= self._rests_until:
            self._start(tokens)
        return tokens

    async def replace(self, refused: Tokens) -> Tokens:
        """Return another pair than one that was refused before its time; raises as `current`."""
        tokens = self._tokens
        return tokens if tokens and tokens.access != refused.access else await self._renewed(refused)

    async def close(self) -> None:
        """Wait for the renewal under way."""
        if self._renewal is not None:
            await asyncio.wait((self._renewal,))

    def _first(self) -> Tokens:
        try:
            self._tokens = tokens = stored(self._store)
        except FatalError as error:
            raise FatalError(f"{error}; {self._remedy}") from None
        if alarm := tokens.idle_alarm(self._clock()):
            log.warning("tokens.idle", file=str(self._store.path), reason=alarm)
        return tokens

    async def _renewed(self, tokens: Tokens) -> Tokens:
        return await asyncio.shield(self._start(tokens))

    def _start(self, tokens: Tokens) -> asyncio.Task[Tokens]:
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renew(tokens.access))
            self._renewal.add_done_callback(self._ended)
        return self._renewal

    def _ended(self, renewal: asyncio.Task[Tokens]) -> None:
        self._renewal = None
        if not renewal.cancelled() and (error := renewal.exception()) is not None:
            self._rests_until = self._clock() + REST_MS
            tell = log.error if isinstance(error, FatalError) else log.warning
            tell("tokens.renewal_failed", file=str(self._store.path), error=str(error))

    async def _renew(self, used: str) -> Tokens:
        try:
            async with self._store.locked():
                tokens = await self._drive(used)
        except FatalError as error:
            raise FatalError(f"{redact(str(error), *self.secrets)}; {self._remedy}") from None
        except SyncError as error:
            error.args = tuple(redact(str(arg), *self.secrets) for arg in error.args)
            raise
        self._former, self._tokens = self._tokens, tokens
        log.info("tokens.renewed", file=str(self._store.path), expires_at=tokens.expires_at)
        return tokens

    async def _drive(self, used: str) -> Tokens:
        """Send what `renew` asks to send."""
        renewal = renew(self._store, self._client, used, self._clock)
        try:
            renewal.send(await self._send(next(renewal)))
        except StopIteration as done:
            tokens: Tokens = done.value
            return tokens
        raise RuntimeError("a renewal asks once")

    async def _send(self, request: httpx.Request) -> httpx.Response:
        try:
            async with Client(timeout=self._timeout_s) as http:
                return await http.send(request)
        except FOREIGN as error:
            sentence = f"keap {request.url}: {type(error).__name__}: {error}"
            cls = FatalError if fate_of(type(error)) == "our fault" else RetriableError
            raise cls(sentence) from None  # the cause may quote a token
