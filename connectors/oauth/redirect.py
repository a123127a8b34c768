"""Receive the browser that Keap sends back: one small server on 127.0.0.1, for one request that counts."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

PATH: Final = "/callback"
_PAGE: Final = b"<!DOCTYPE html><title>keapsync</title><p>Thank you. This window can be closed; the rest is in the terminal.</p>"


class Redirect:
    """Where the browser is sent to, and what it brought."""

    def __init__(self, server: HTTPServer) -> None:
        self.uri = f"http://127.0.0.1:{server.server_address[1]}{PATH}"
        self._came = threading.Event()
        self._address = ""

    def wait(self, seconds: float) -> str | None:
        """Return the address that the browser asked for, None when it did not come in time."""
        return self._address if self._came.wait(seconds) else None

    def note(self, path: str) -> None:
        """Keep the first request that is an answer."""
        if not self._came.is_set():
            self._address = path
            self._came.set()


@contextmanager
def listening(port: int = 0) -> Iterator[Redirect]:
    """Listen for as long as the block lasts; port 0 is any free one. OSError when the port is taken."""
    with HTTPServer(("127.0.0.1", port), _Handler) as server:
        redirect = Redirect(server)
        server.redirect = redirect  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, name="oauth-redirect", daemon=True)
        thread.start()
        try:
            yield redirect
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """Answer the browser."""
        counts = self.path.startswith(f"{PATH}?")
        self.send_response(200 if counts else 404)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        if counts:
            self.wfile.write(_PAGE)
            self.server.redirect.note(self.path)  # type: ignore[attr-defined]

    def log_message(self, *_args: Any) -> None:
        """Say nothing: the address carries the code."""
