"""The simulation notices when a rule is missing."""

from __future__ import annotations

import pytest

from tests.simulation.clock import patched
from tests.simulation.judge import judge
from tests.simulation.mutants import MUTANTS

SEEDS = 500


@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_switched_off_shows(name: str) -> None:
    """One of the first seeds violates an invariant."""
    with patched(*MUTANTS[name]):
        assert any(judge(seed).violations for seed in range(SEEDS)), f"nobody noticed: {name}"
