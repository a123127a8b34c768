"""Somebody for an ERP to deliver to: one request is kept, with what its signature is made of."""

from __future__ import annotations

import hmac
import queue
import threading
from base64 import b64decode, b64encode
from binascii import Error
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Self

import msgspec


@dataclass(frozen=True, slots=True)
class Hook:
    """Where an ERP can reach us: an address that leads to a port of this machine. Without one it is reached on this machine only."""

    url: str | None = None
    port: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """One delivery as it came."""

    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> dict[str, Any]:
        """Return the body, {} for what is no object."""
        try:
            body = msgspec.json.decode(self.content)
        except msgspec.DecodeError:
            return {}
        return body if isinstance(body, dict) else {}


class Receiver:
    """Listens on a port of this machine."""

    PATIENCE_S: ClassVar[float] = 20.0

    def __init__(self, hook: Hook) -> None:
        """Prepare to be reached."""
        got: queue.Queue[Delivery] = queue.Queue()

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers.get("content-length") or 0))
                got.put(Delivery({name.lower(): value for name, value in self.headers.items()}, content))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._got = got
        self._server = ThreadingHTTPServer(("127.0.0.1", hook.port), Handler)
        self.url = hook.url or f"http://127.0.0.1:{self._server.server_port}/keapsync-conformance"

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()

    def wait(self) -> Delivery | None:
        """Return the next delivery, None when none comes in time."""
        try:
            return self._got.get(timeout=self.PATIENCE_S)
        except queue.Empty:
            return None


def signed(delivery: Delivery, secret: str) -> bool:
    """Tell whether one of the delivery's signatures was made with the secret (standardwebhooks.com)."""
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except Error:
        return False
    content = b".".join(
        (delivery.headers.get("webhook-id", "").encode(), delivery.headers.get("webhook-timestamp", "").encode(), delivery.content)
    )
    wanted = "v1," + b64encode(hmac.digest(key, content, sha256)).decode()
    return any(hmac.compare_digest(wanted, given) for given in delivery.headers.get("webhook-signature", "").split())
