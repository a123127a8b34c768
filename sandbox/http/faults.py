"""Faults that hit requests on their way in and out, as an ASGI middleware with a switchboard.

The server behind it knows nothing of them, but for stale reads, which only its store can answer: it asks `rules`.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.http.rules import Dice, Fault, Hit, Rules
from sandbox.http.switches import Switches


@dataclass(slots=True)
class Faults:
    """The faults of one server.

    Attributes:
        prefix: Only paths that start so are hit.
        answer: The server's own words for `REJECT_TOKEN`, `THROTTLE` and the two errors.
        rules: What is switched on now.
        switches: Where that is kept; None: it ends with the process.
    """

    prefix: str
    answer: Callable[[Fault], Response]
    rules: Rules = field(default_factory=Rules)
    switches: Switches | None = None
    _dice: Dice = field(init=False)

    def __post_init__(self) -> None:
        """Find what was switched on before, and start the dice."""
        self.rules = self.switches.read("faults", Rules) if self.switches else self.rules
        self._dice = Dice(self.rules)

    def switch(self, rules: Rules) -> None:
        """Put `rules` in force and start their dice anew."""
        self.rules, self._dice = rules, Dice(rules)
        if self.switches:
            self.switches.write("faults", rules)

    async def endpoint(self, request: Request) -> Response:
        """`GET` shows the rules, `PUT` replaces them (`{}` switches all off); 400 names what is wrong with them."""
        if request.method == "PUT":
            try:
                self.switch(msgspec.json.decode(await request.body() or b"{}", type=Rules))
            except msgspec.MsgspecError as error:
                return JSONResponse({"message": str(error)}, status_code=400)
        return JSONResponse(msgspec.to_builtins(self.rules))

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap `app`, so that each request of the prefix is drawn for and hit."""

        async def faulty(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
                await app(scope, receive, send)
                return
            hit = self._dice.draw(scope["method"], scope["path"])
            await asyncio.sleep(hit.wait_s)
            await self._serve(app, hit, scope, receive, send)

        return faulty

    async def _serve(self, app: ASGIApp, hit: Hit, scope: Scope, receive: Receive, send: Send) -> None:
        if hit.fault is None:
            await app(scope, receive, send)
            return
        if hit.fault in {Fault.ERROR_AFTER, Fault.DROP_REPLY}:
            await app(scope, receive, _swallow)
        if hit.fault is Fault.DROP_REPLY:
            await hang_up(scope, receive)
        else:
            await self.answer(hit.fault)(scope, receive, send)


async def _swallow(_message: Message) -> None:
    """Take the answer of the app and tell nobody."""


async def hang_up(scope: Scope, receive: Receive) -> None:
    """Close the connection with nothing sent, and wait until the server has seen it (else it would answer 500)."""
    scope["state"]["abort"]()
    while (await receive())["type"] != "http.disconnect":
        continue
