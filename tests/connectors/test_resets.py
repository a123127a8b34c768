"""Servers that take a connection and reset it at once, as a proxy does whose server is gone, or a server that is being killed."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Any

import pytest
import uvloop

from connectors.auth import TokenAuth
from connectors.budget import Pacer, Policy
from connectors.http import Api
from schemas.errors import AmbiguousError, RetriableError

AT_ONCE = struct.pack("ii", 1, 0)
"""SO_LINGER: close sends a reset."""


@pytest.fixture
def resetting() -> Iterator[str]:
    """Run a port that resets every connection it takes; yields its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=_reset_each, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def _reset_each(server: socket.socket) -> None:
    with suppress(OSError):  # closed at the end
        while True:
            connection, _ = server.accept()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
            connection.close()


async def _keep_busy() -> None:
    """Make each round of the loop longer than a reset takes, so that it is seen before the connection is used."""
    while True:
        time.sleep(0.005)  # noqa: ASYNC251 - to block the loop is what is wanted
        await asyncio.sleep(0)


async def _words_of(calls: Callable[[], Coroutine[Any, Any, Any]]) -> set[str]:
    """Make a call some times on a busy loop; returns what was said, each of which may simply be repeated."""
    words = set()
    busy = asyncio.create_task(_keep_busy())
    for _ in range(20):
        with pytest.raises(RetriableError) as caught:
            await calls()
        assert not isinstance(caught.value, AmbiguousError)
        words.add(str(caught.value).partition("ConnectError: ")[2])
    busy.cancel()
    return words


def test_a_create_over_a_connection_that_is_reset_at_once_was_not_sent(resetting: str):
    """It is repeated; on uvloop httpx lets an AttributeError out, which was taken for a fault of ours and became a dead letter."""
    api = Api("keap", resetting, TokenAuth("token-1"), Pacer(Policy(1000)))

    async def create() -> set[str]:
        words = await _words_of(lambda: api.call("POST", "products", body={"product_name": "Bolt"}))
        await api.close()
        return words

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert "the connection was reset before anything was sent" in runner.run(create())
