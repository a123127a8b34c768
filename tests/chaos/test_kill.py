"""Kill -9 of every kind of process in the middle of the first run, while people edit on both sides.

The ERP is the poorest there can be: no filter by time, no versions, no keys, no stamps, no marks on what is deleted, no webhooks.
"""

from __future__ import annotations

import os
from pathlib import Path
from random import SystemRandom

import pytest

from sandbox.chaos.__main__ import verdict
from sandbox.chaos.harms import kills
from sandbox.chaos.storm import Weather, ride
from sandbox.chaos.system import System
from sandbox.erp.capabilities import ALL

pytestmark = [pytest.mark.broker, pytest.mark.e2e]


def test_killed_processes_lose_nothing_and_make_nothing_twice(tmp_path: Path) -> None:
    """Same end as without a crash: pairs equal, every edit accounted for, no duplicate, silence, and a replay writes nothing."""
    seed = int(os.environ.get("E2E_SEED") or SystemRandom().randrange(1_000_000))
    print(f"seed {seed}; E2E_SEED={seed} repeats it")  # noqa: T201 - shown when it fails
    with System(tmp_path, lacking=ALL) as system:
        report = ride(system, Weather(seed, kills(), first_run=True, pause_s=(0.3, 2.0)), print)
    assert report.good, "\n".join(verdict(report))
