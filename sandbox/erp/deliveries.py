"""Webhook deliveries by the Standard Webhooks conventions: signed, ids only, a few attempts, in no order.

A sandbox calls nobody outside this machine: other addresses are subscribed and never called.
"""

import asyncio
import hmac
import secrets
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256
from urllib.parse import urlsplit

import httpx
import msgspec

from sandbox.erp.capabilities import Capabilities
from sandbox.erp.formats import format_instant, now
from sandbox.erp.switches import Switch
from sandbox.http.outgoing import outgoing

WAITS_S = (0.0, 0.5, 2.0)  # Before each attempt.
HERE = frozenset({"127.0.0.1", "localhost", "::1"})


class Deliveries:
    """What is being announced; ends with the server."""

    def __init__(self, connection: sqlite3.Connection, offered: Switch[Capabilities]) -> None:
        self._connection, self._offered = connection, offered
        self._running: set[asyncio.Task[None]] = set()

    def announce(self, entity: str, record_id: str, verb: str) -> None:
        """Tell all who asked that a record was created, updated or deleted; call it after the commit."""
        if not self._offered.value.webhooks:
            return
        event = f"{entity.removesuffix('s')}.{verb}"
        body = msgspec.json.encode({"type": event, "entity": entity, "record_id": record_id, "at": format_instant(now())})
        for url, secret in self._subscribed(event):
            task = asyncio.create_task(_deliver(url, secret, body))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _subscribed(self, event: str) -> Iterator[tuple[str, str]]:
        for url, events, secret in self._connection.execute("SELECT url, events, secret FROM webhooks").fetchall():
            if event in msgspec.json.decode(events) and _here(url):
                yield url, secret


def _here(url: str) -> bool:
    """Tell whether an address is on this machine; what is no address at all is elsewhere."""
    try:
        return urlsplit(url).hostname in HERE
    except ValueError:
        return False


def sign(secret: str, webhook_id: str, timestamp: str, body: bytes) -> str:
    """Make the value of `webhook-signature`."""
    content = b".".join((webhook_id.encode(), timestamp.encode(), body))
    return "v1," + b64encode(hmac.digest(b64decode(secret.removeprefix("whsec_")), content, sha256)).decode()


async def _deliver(url: str, secret: str, body: bytes) -> None:
    webhook_id = f"msg_{secrets.token_hex(12)}"
    async with outgoing(5) as client:
        for wait_s in WAITS_S:
            await asyncio.sleep(wait_s)
            timestamp = str(now() // 1000)
            headers = {
                "content-type": "application/json",
                "webhook-id": webhook_id,
                "webhook-timestamp": timestamp,
                "webhook-signature": sign(secret, webhook_id, timestamp, body),
            }
            try:
                if (await client.post(url, content=body, headers=headers)).is_success:
                    return
            except (httpx.HTTPError, httpx.InvalidURL):
                continue
