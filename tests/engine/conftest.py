"""Fixtures of the engine's tests."""

import pytest


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio, the engine's loop."""
    return "asyncio"
