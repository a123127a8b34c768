"""Servers that take a connection and reset it at once, as a proxy does whose server is gone, or a server that is being killed."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from random import Random
from typing import Any

import pytest
import uvloop

from connectors.auth import TokenAuth
from connectors.budget import Pacer, Policy
from connectors.http import Api
from schemas.errors import RetriableError, SyncError

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: close sends a reset."""
SAID = "the connection was reset before anything was sent"
TRIES = 500


@pytest.fixture
def resetting() -> Iterator[str]:
    """Run a port that resets every connection it takes; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_reset_each, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _reset_each(server: socket.socket) -> None:
    random = Random(1)
    with suppress(OSError):  # closed at the end
        while True:
            connection, _ = server.accept()
            time.sleep(random.uniform(0, 0.02))  # while it connects, once it has, or when the request is there
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            connection.close()


async def _keep_busy() -> None:
    """Make each round of the loop long enough for a reset to come between two steps of a call."""
    while True:
        time.sleep(0.005)  # noqa: ASYNC251 - to block the loop is what is wanted
        await asyncio.sleep(0)


async def _kinds_of(create: Callable[[], Coroutine[Any, Any, Any]]) -> dict[str, type[SyncError]]:
    """Create on a busy loop until a connection is reset before its first use; returns what was raised, by what it said."""
    kinds: dict[str, type[SyncError]] = {}
    busy = asyncio.create_task(_keep_busy())
    for _ in range(TRIES):
        with pytest.raises(SyncError) as caught:
            await create()
        kinds[str(caught.value).partition("Error: ")[2]] = caught.type
        if SAID in kinds:
            break
    busy.cancel()
    return kinds


def test_a_create_over_a_connection_that_is_reset_at_once_was_not_sent(resetting: str):
    """It is repeated; on uvloop httpx lets an AttributeError out, which was taken for a fault of ours and became a dead letter."""
    api = Api("keap", resetting, TokenAuth("token-1"), Pacer(Policy(1000)))

    async def create() -> dict[str, type[SyncError]]:
        kinds = await _kinds_of(lambda: api.call("POST", "products", body={"product_name": "Bolt"}))
        await api.close()
        return kinds

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(create())[SAID] is RetriableError
