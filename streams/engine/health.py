"""`/livez` and `/readyz` on an optional port of the loopback interface.

Alive: the event loop answers. Ready: recovered, not rebalancing, something assigned, and offsets move while events
wait. A lag of 0 is not asked for: behind a trailing transaction marker it stays at 1.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator

from streams.engine.shell import Shell

MOVING_S = 30.0


class Health:
    """Tells whether the app is ready."""

    def __init__(self, app: Shell) -> None:
        """Look at `app`."""
        self._app = app
        self._progress: dict[object, int] = {}
        self._moved_at = time.monotonic()

    def fault(self) -> str | None:
        """Return why the worker is not ready; None when it is."""
        app = self._app
        if not app.ready:
            return "rebalancing" if app.rebalancing else "recovering"
        if not app.work.partitions:
            return "nothing assigned"
        if self._standing_still():
            return f"events wait and none was finished for {MOVING_S:.0f} s"
        return None

    def _standing_still(self) -> bool:
        watermarks = self._app.watermarks
        progress: dict[object, int] = {tp: watermark.next for tp, watermark in watermarks.items()}
        waiting = any(watermark.waiting for watermark in watermarks.values())
        if progress != self._progress or not waiting:
            self._progress, self._moved_at = progress, time.monotonic()
        return time.monotonic() - self._moved_at > MOVING_S

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one HTTP request and close."""
        request = (await reader.readline()).decode("latin-1").split()
        path = request[1] if len(request) > 1 else ""
        status, text = self._status(path)
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n"
        writer.write((head + text).encode())
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        writer.close()

    def _status(self, path: str) -> tuple[str, str]:
        if path == "/livez":
            return "200 OK", "alive\n"
        if path != "/readyz":
            return "404 Not Found", "/livez or /readyz\n"
        fault = self.fault()
        return ("503 Service Unavailable", f"{fault}\n") if fault else ("200 OK", "ready\n")


@contextlib.asynccontextmanager
async def serve_health(app: Shell) -> AsyncIterator[None]:
    """Serve while the context lasts, when the settings name a port."""
    port = app.work.settings.health_port
    if port is None:
        yield
        return
    async with await asyncio.start_server(Health(app).answer, "127.0.0.1", port):
        yield
