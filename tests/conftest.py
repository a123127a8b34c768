"""Fixtures shared by all tests."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.broker", "tests.registry", "tests.secured"]
COSTLY = ("registry", "secured")
"""Fixtures that one worker starts for all tests that need them."""


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, let those that run a whole system take turns: together they would starve each other."""
    for item in items:
        needs = [name for name in COSTLY if name in getattr(item, "fixturenames", ())]
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group("systems"))
        elif needs:
            item.add_marker(pytest.mark.xdist_group("_".join(needs)))
