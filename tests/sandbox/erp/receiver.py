"""Somebody who subscribed: keeps what is delivered."""

from __future__ import annotations

import queue
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import msgspec

Delivery = tuple[Mapping[str, str], bytes, dict[str, Any]]
PATIENCE_S = 20


class Receiver:
    """Listens on a free port; refuses the first deliveries when asked to."""

    def __init__(self, refuse: int = 0) -> None:
        self._got: queue.Queue[Delivery] = queue.Queue()
        refusals = iter([500] * refuse)

        class Handler(BaseHTTPRequestHandler):
            def do_POST(handler) -> None:  # noqa: N805 -- the library's name; `self` is the receiver
                body = handler.rfile.read(int(handler.headers["content-length"]))
                self._got.put(({key.lower(): value for key, value in handler.headers.items()}, body, msgspec.json.decode(body)))
                handler.send_response(next(refusals, 204))
                handler.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def wait(self, count: int) -> list[Delivery]:
        """Return the next deliveries."""
        return [self._got.get(timeout=PATIENCE_S) for _ in range(count)]
