"""One event loop per test, so that a test reads as a list of steps; and a fresh server for each, all on one running port."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.http.run import background

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def run() -> Iterator[Run]:
    """Run a coroutine to its end in the test's loop."""
    with asyncio.Runner() as runner:
        yield runner.run


class Stage:
    """An application that hands requests to the one that is on now."""

    def __init__(self) -> None:
        self.url = ""
        self.app: ASGIApp = Starlette()
        self._frame = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on."""
        app = self._frame if scope["type"] == "lifespan" else self.app
        await app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Run the port."""
    stage = Stage()
    with background(stage) as stage.url:
        yield stage
