"""Where the simulation's time is said to go."""

from __future__ import annotations

from bench.processes import ROOT
from bench.simulation import PLACES, WORLD

IDLE = {"__init__", "__main__", "hunt", "mutants", "standins", "test_convergence", "test_mutants"}
"""Modules of the simulation that no world runs in."""


def test_every_module_of_the_simulation_has_its_share() -> None:
    """One that nobody assigned would count as whoever calls it, and the shares would be wrong in silence."""
    modules = {f"{WORLD}{file.name}" for file in (ROOT / WORLD).glob("*.py") if file.stem not in IDLE}
    assert modules - PLACES.keys() == set()
