"""The simulation notices when a rule is missing."""

from __future__ import annotations

import pytest

from tests.simulation.hunt import hunt
from tests.simulation.mutants import MUTANTS


@pytest.mark.parametrize("name", MUTANTS)
def test_a_rule_switched_off_shows(name: str) -> None:
    """One of the first 500 seeds violates an invariant."""
    assert hunt(name) is not None, f"nobody noticed: {name}"
