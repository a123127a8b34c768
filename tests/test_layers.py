"""Imports go one way, and the pure parts stay pure: held by reading every import."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ALLOWED = {
    "schemas": {"schemas"},
    "connectors": {"schemas", "connectors"},
    "streams/sync": {"schemas", "streams.sync", "streams.mapping"},
    "streams/mapping": {"schemas", "streams.mapping"},
    "streams/engine": {"schemas", "streams.engine"},
    "streams": {"schemas", "connectors", "streams"},
    "console": {"schemas", "connectors", "streams", "console", "sandbox"},
    "sandbox/keap": {"sandbox.keap", "sandbox.http"},
    "sandbox/erp": {"sandbox.erp", "sandbox.http"},
    "sandbox/ledger": {"sandbox.ledger", "sandbox.http"},
    "sandbox/http": {"sandbox.http"},
    "sandbox/broker": {"sandbox.broker", "schemas"},
}
"""Folder -> which of our own packages it may import."""
PURE = ("streams/sync", "streams/mapping")
IMPURE = {
    "os",
    "time",
    "random",
    "datetime.now",
    "httpx",
    "confluent_kafka",
    "faust",
    "aiokafka",
    "structlog",
    "socket",
    "threading",
    "asyncio",
}
OURS = ("schemas", "connectors", "streams", "console", "sandbox", "tests", "bench")


def imports(path: Path) -> Iterator[str]:
    """Yield every module a file imports, those inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def files(folder: str) -> list[Path]:
    """Return the Python files of a folder."""
    return sorted((ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("folder", ALLOWED)
def test_a_folder_imports_only_what_stands_below_it(folder: str) -> None:
    """The order is schemas <- connectors <- streams <- console; the sandbox's servers know nothing of ours."""
    assert files(folder)
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in files(folder)
        for module in imports(path)
        if module.split(".")[0] in OURS and not any(f"{module}.".startswith(f"{allowed}.") for allowed in ALLOWED[folder])
    ]
    assert wrong == []


@pytest.mark.parametrize("folder", PURE)
def test_the_pure_parts_know_no_kafka_http_clock_or_chance(folder: str) -> None:
    """What decides can be tested with values alone."""
    wrong = [
        f"{path.relative_to(ROOT)} imports {module}" for path in files(folder) for module in imports(path) if module.split(".")[0] in IMPURE
    ]
    assert wrong == []


def test_no_file_is_longer_than_300_lines() -> None:
    """A long file is a place where two ideas share a room."""
    folders = ("schemas", "connectors", "streams", "console", "sandbox", "tests", "bench")
    long = [f"{path.relative_to(ROOT)}" for folder in folders for path in files(folder) if len(path.read_text().splitlines()) > 300]
    assert long == []
