"""A broker of the benchmarks' own: their topics carry the program's names."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bench.kafka import Broker, running_broker


@pytest.fixture(scope="module")
def own_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """Yield a broker that nobody else uses."""
    with running_broker(tmp_path_factory.mktemp("broker")) as broker:
        yield broker
