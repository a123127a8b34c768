"""The engine's rules on a scripted broker, one scenario each (`scenarios.py`, `told.py`)."""

import inspect
from collections.abc import Awaitable, Callable

import pytest

from tests.engine import scenarios, told

pytestmark = pytest.mark.anyio

RULES = [
    each
    for module in (scenarios, told)
    for name, each in inspect.getmembers(module, inspect.iscoroutinefunction)
    if each.__module__ == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
async def test_rule(rule: Callable[[], Awaitable[None]]):
    """The engine as it is keeps the rule."""
    await rule()
