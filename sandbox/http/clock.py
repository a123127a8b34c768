"""The clock of one server: this machine's, and what was switched on top of it.

It is what the server's records are stamped with, and what its `Date` header says.
"""

import time
from contextvars import ContextVar
from dataclasses import dataclass, field
from email.utils import formatdate

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.http.switches import Switches

_ahead_ms: ContextVar[int] = ContextVar("ahead_ms", default=0)
"""Of the server whose request is being answered: two may live in one process."""


def now_ms() -> int:
    """Milliseconds since 1970, as the server has it."""
    return time.time_ns() // 1_000_000 + _ahead_ms.get()


class Ahead(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the clock is ahead of this machine's; negative: behind."""

    ahead_ms: int = 0


@dataclass(slots=True)
class Clock:
    """The switch, and the middleware that puts it in force."""

    switches: Switches
    ahead: Ahead = field(init=False)

    def __post_init__(self) -> None:
        """Find what was switched before."""
        self.ahead = self.switches.read("clock", Ahead)

    async def endpoint(self, request: Request) -> Response:
        """`GET` shows the switch, `PUT` turns it."""
        if request.method == "PUT":
            try:
                self.ahead = msgspec.json.decode(await request.body() or b"{}", type=Ahead)
            except msgspec.MsgspecError as error:
                return JSONResponse({"message": str(error)}, status_code=400)
            self.switches.write("clock", self.ahead)
        return JSONResponse(msgspec.to_builtins(self.ahead))

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap `app`; belongs outside everything that asks for the time."""

        async def timed(scope: Scope, receive: Receive, send: Send) -> None:
            token = _ahead_ms.set(self.ahead.ahead_ms)
            try:
                await app(scope, receive, send)
            finally:
                _ahead_ms.reset(token)

        return timed


def dated(app: ASGIApp) -> ASGIApp:
    """Wrap `app`, so that every answer has the `Date` of the server it comes from."""

    async def dating(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).setdefault("date", formatdate(now_ms() // 1000, usegmt=True))
            await send(message)

        await app(scope, receive, sending)

    return dating
