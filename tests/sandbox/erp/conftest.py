"""A reference ERP of its own for each test, all on one running server, whose start and stop take the time."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.erp.server import build_app
from sandbox.http.run import background
from tests.sandbox.erp.client import TOKEN, ErpClient


class Stage:
    """An application that hands requests to the one that is on now."""

    def __init__(self) -> None:
        self.url = ""
        self.app: ASGIApp = Starlette()
        self._frame = Starlette()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on; starting and stopping are the frame's."""
        app = self._frame if scope["type"] == "lifespan" else self.app
        await app(scope, receive, send)


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """Run the server."""
    stage = Stage()
    with background(stage) as stage.url:
        yield stage


@pytest.fixture
def erp(stage: Stage) -> Iterator[ErpClient]:
    """Put an empty ERP, kept in memory, on the stage and yield a client of it."""
    stage.app = build_app(token=TOKEN)
    with ErpClient(stage.url) as client:
        yield client
