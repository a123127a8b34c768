"""Fixtures shared by all tests."""

from __future__ import annotations

import pytest

pytest_plugins = ["tests.broker", "tests.registry", "tests.secured"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where tests run side by side, let those that run a whole system take turns: together they would starve each other."""
    for item in items:
        if item.get_closest_marker("e2e"):
            item.add_marker(pytest.mark.xdist_group("systems"))
