"""Fixtures shared by all tests."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("shared machine")
pytest_plugins = ["tests.broker", "tests.registry", "tests.secured"]
COSTLY = ("registry", "secured", "own_broker")
"""Fixtures that one worker starts for all tests that need them."""
SYSTEM_S = 900


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, let those that run a whole system take turns, in two rows: all at once they would starve each other.

    One row alone would take longer than everything else. On a slow machine a system takes minutes; it ends by itself when nothing moves any
    more.
    """
    for item in items:
        needs = [name for name in COSTLY if name in getattr(item, "fixturenames", ())]
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.timeout(SYSTEM_S))
            item.add_marker(pytest.mark.xdist_group("systems" if "e2e" in item.path.parts else "systems beside them"))
        elif needs:
            item.add_marker(pytest.mark.xdist_group("_".join(needs)))
