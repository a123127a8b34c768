"""Run an ASGI app on a port: in the foreground as a process of its own, or beside a test."""

import asyncio
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.http.clock import dated

SHUTDOWN_S = 2  # Requests under way at SIGTERM get this long, then their connections are closed.


class AbortableProtocol(H11Protocol):
    """Hands each request `scope["state"]["abort"]`, which closes its connection without an answer."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Put the transport's abort into the state copied into every scope."""
        super().connection_made(transport)
        self.app_state = {**self.app_state, "abort": transport.abort}


def serve(app: ASGIApp, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT, then end in order (lifespan included) and return."""
    if threading.current_thread() is threading.main_thread():
        # uvicorn raises the signal again once it is done: without this the caller's clean-up would never run.
        signal.signal(signal.SIGTERM, lambda *_: None)
    try:
        _server(app, host, port).run()
    except KeyboardInterrupt:
        return


@contextmanager
def background(app: ASGIApp, host: str = "127.0.0.1") -> Iterator[str]:
    """Serve in a thread on a free port for as long as the block lasts; yields the base URL."""
    with socket.create_server((host, 0)) as listener:
        server = _server(app, host, 0)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield f"http://{host}:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _server(app: ASGIApp, host: str, port: int) -> uvicorn.Server:
    config = uvicorn.Config(
        dated(app),
        host=host,
        port=port,
        http=AbortableProtocol,
        ws="none",
        lifespan="on",
        proxy_headers=False,
        date_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )
    return uvicorn.Server(config)
