"""One converged system that tests share: small, with an ERP that keeps things its own way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import msgspec
import pytest

from sandbox.chaos.storm import plant, stillness
from sandbox.chaos.system import System
from sandbox.data import generate
from sandbox.demo.quiet import Stillness
from sandbox.erp.habits import Habits

HABITS = Habits(
    trim=True, upper=("job_title", "notes", "billing_address.city"), round={"unit_price": 1, "amount_estimate": 0}, derived=True
)


@dataclass(frozen=True, slots=True)
class Converged:
    """A system after its first run."""

    system: System
    calm: Stillness


@pytest.fixture(scope="session")
def converged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Converged]:
    """Yield a system whose first run is over, its workers running; each test leaves it so."""
    seeds = generate(40, 3)
    with System(tmp_path_factory.mktemp("converged")) as system:
        plant(system, seeds)
        httpx.put(f"{system.stack.erp.url}/_sandbox/habits", json=msgspec.to_builtins(HABITS)).raise_for_status()
        system.run()
        calm = stillness(system, seeds)
        calm.wait()
        yield Converged(system, calm)
