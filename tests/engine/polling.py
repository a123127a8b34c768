"""Wait for a condition, with a generous deadline and an early exit."""

import asyncio
import time
from collections.abc import Callable
from typing import TypeVar

import pytest

Value = TypeVar("Value")
TICK_S = 0.001


async def until(condition: Callable[[], object], within_s: float = 10) -> None:
    """Let the loop run until the condition holds."""
    async with asyncio.timeout(within_s):
        while not condition():  # noqa: ASYNC110  # the condition is somebody else's state
            await asyncio.sleep(TICK_S)


def wait_for(what: Callable[[], Value], within_s: float = 60) -> Value:
    """Ask again and again until the answer is truthy; return it."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if value := what():
            return value
        time.sleep(0.02)
    pytest.fail(f"waited {within_s:.0f} s for {what}")
