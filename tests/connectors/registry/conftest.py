"""Fixtures: a registry that answers, and a process's choice of framing taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.registry import Confluent, Registry
from schemas import codec
from schemas.framing import SingleObject
from tests.registry import RunningRegistry


@pytest.fixture(autouse=True)
def _choice() -> Iterator[None]:
    yield
    codec.use(SingleObject())


@pytest.fixture
def framing(registry: RunningRegistry) -> Confluent:
    """Return a prepared framing, in use."""
    made = Confluent(Registry(registry.url))
    made.prepare()
    codec.use(made)
    return made
