"""Tests in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from tests.connectors.budget.virtual import VirtualLoop
from tests.connectors.conftest import Run


@pytest.fixture
def virtual() -> Iterator[Run]:
    """Run a coroutine to its end in virtual time, from midnight on."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        yield runner.run
