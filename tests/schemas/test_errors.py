"""The error tree as it is drawn, and as it is."""

from __future__ import annotations

import inspect
import re

from schemas import errors

LINE = re.compile(r"^(?P<indent>[| ]*)(?:[|`]- )?(?P<name>[A-Z]\w+Error)\b")


def drawn() -> dict[str, str]:
    """Return class -> base class, as the module's docstring draws them."""
    bases: dict[str, str] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := LINE.match(line):
            depth = 0 if match["name"] == line else len(match["indent"]) // 4 + 1
            above[depth:] = [match["name"]]
            bases[match["name"]] = above[depth - 1] if depth else "Exception"
    return bases


def test_the_drawn_tree_is_the_tree() -> None:
    """Each class stands in the docstring below its base, and nothing else does."""
    classes = {name: kind.__bases__[0].__name__ for name, kind in inspect.getmembers(errors, inspect.isclass)}
    assert drawn() == classes
