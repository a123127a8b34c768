"""REST hooks: who is subscribed, what is announced and when, and what becomes of a subscription nobody answers.

By the vendor's "REST Hooks" page: a subscription is verified by a handshake (the `X-Hook-Secret` that is sent has to come back); changes
are gathered and delivered later, ids only, unsigned; a delivery that fails is tried again three times, then the subscription is
Inactive, at once after a 410. Nothing is announced to a subscription that is not Verified.

A sandbox calls nobody outside this machine.
"""

import asyncio
import secrets
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Annotated, Any
from urllib.parse import urlsplit

import httpx
import msgspec
from msgspec import Meta

from sandbox.http.clock import now_ms
from sandbox.http.outgoing import outgoing
from sandbox.http.switches import Switches
from sandbox.keap import rounding

SCHEMA = """
CREATE TABLE IF NOT EXISTS hooks (key INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, url TEXT NOT NULL, status TEXT NOT NULL)
"""
EVENTS = tuple(f"{kind}.{verb}" for kind in ("company", "contact", "opportunity", "product") for verb in ("add", "edit", "delete"))
HERE = frozenset({"127.0.0.1", "localhost", "::1"})
MOST = 1000  # Objects in one delivery.
SECRET = "X-Hook-Secret"  # noqa: S105 -- a header's name
_GONE = 410


class Switch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How deliveries go.

    Attributes:
        delay_ms: From a change to its delivery; Keap takes 30 to 60 s.
        retry_ms: From one attempt to the next.
        drop: Share of the changes that are never announced, as after the vendor's legacy actions.
        timeout_ms: How long an answer may take.
    """

    delay_ms: int = 30_000
    retry_ms: tuple[int, ...] = (30_000, 300_000, 1_800_000)
    drop: Annotated[float, Meta(ge=0, le=1)] = 0.0
    timeout_ms: int = 30_000


@dataclass(slots=True)
class Hooks:
    """The subscriptions of one tenant; what is gathered ends with the process.

    Attributes:
        connection: The store's own, in autocommit mode.
    """

    connection: sqlite3.Connection
    switch: Switch = field(init=False)
    _gathered: dict[str, dict[str, int]] = field(default_factory=dict)  # event -> record id -> when it changed
    _running: set[asyncio.Task[None]] = field(default_factory=set)
    _random: Random = field(default_factory=lambda: Random(0))

    def __post_init__(self) -> None:
        """Create the table and find the switches as they were left."""
        self.connection.execute(SCHEMA)
        self.switch = Switches(self.connection).read("hooks", Switch)

    def turn(self, switch: Switch) -> None:
        """Put a switch in force."""
        self.switch = switch
        Switches(self.connection).write("hooks", switch)

    def announce(self, kind: str, verb: str, record_id: int) -> None:
        """Gather a change, and deliver it later; call it after the commit."""
        event = f"{kind.lower()}.{verb}"
        if event not in EVENTS or not any(self.subscribed(event)) or self._random.random() < self.switch.drop:
            return
        if event not in self._gathered:
            self._start(self._deliver_later(event))
        self._gathered.setdefault(event, {})[str(record_id)] = now_ms()

    def subscribed(self, event: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield the subscriptions, or those that an event is delivered to."""
        rows = self.connection.execute("SELECT key, event, url, status FROM hooks ORDER BY key").fetchall()
        for key, one, url, status in rows:
            if event is None or (event == one and status == "Verified"):
                yield {"key": str(key), "eventKey": one, "hookUrl": url, "status": status}

    async def verify(self, key: str, secret: str | None = None) -> None:
        """Shake hands: only an answer that shows the secret makes a subscription Verified; `secret` comes from a delayed one."""
        hook = next(hook for hook in self.subscribed() if hook["key"] == key)
        if secret is None:
            secret = secrets.token_hex(16)
            response = await self._post(hook["hookUrl"], None, {SECRET: secret})
            good = response is not None and response.status_code == httpx.codes.OK and response.headers.get(SECRET) == secret
        else:
            good = bool(secret)
        self.mark(key, "Verified" if good else "Unverified")

    def mark(self, key: str, status: str) -> None:
        """Put a subscription into a state."""
        self.connection.execute("UPDATE hooks SET status = ? WHERE key = ?", (status, int(key)))

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _start(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _deliver_later(self, event: str) -> None:
        await asyncio.sleep(self.switch.delay_ms / 1000)
        changed = list(self._gathered.pop(event).items())
        for start in range(0, len(changed), MOST):
            objects = [{"apiUrl": "", "id": each, "timestamp": rounding.text(at)} for each, at in changed[start : start + MOST]]
            body = {"event_key": event, "object_type": event.partition(".")[0], "object_keys": objects}
            for hook in self.subscribed(event):
                self._start(self._deliver(hook, body))

    async def _deliver(self, hook: dict[str, Any], body: dict[str, Any]) -> None:
        for wait_ms in (0, *self.switch.retry_ms):
            await asyncio.sleep(wait_ms / 1000)
            response = await self._post(hook["hookUrl"], body, {})
            if response is not None and response.status_code < httpx.codes.BAD_REQUEST:
                return
            if response is not None and response.status_code == _GONE:
                break
        self.mark(hook["key"], "Inactive")

    async def _post(self, url: str, body: dict[str, Any] | None, headers: dict[str, str]) -> httpx.Response | None:
        if urlsplit(url).hostname not in HERE:
            return None
        try:
            async with outgoing(self.switch.timeout_ms / 1000) as client:
                return await client.post(url, json=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL):
            return None
