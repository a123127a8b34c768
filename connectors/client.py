"""httpx's client, as it should behave on uvloop."""

from __future__ import annotations

from typing import Any

import httpx

from connectors.tls import authorities


class Client(httpx.AsyncClient):
    """A client that calls a connection which was reset before its first use what it is: not made, so that nothing was sent.

    uvloop has no socket any more for a transport that is closed, and httpcore asks each new connection for what anyio knows of its peer: an
    AttributeError (`anyio.abc.SocketAttribute`), which the busier the loop is, the likelier gets. asyncio's own loop keeps the socket.
    """

    def __init__(self, **options: Any) -> None:
        """Take httpx's options; the authorities are read once for all clients."""
        super().__init__(**{"verify": authorities(), **options})

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request as httpx does; httpx.ConnectError also for a connection that was reset at once."""
        try:
            return await super().send(request, **options)
        except AttributeError as error:
            if error.name != "getpeername":
                raise
            raise httpx.ConnectError("the connection was reset before anything was sent", request=request) from error
