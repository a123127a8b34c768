"""Who runs as which pid, in a JSON file that is always whole.

The file may hold more than ours (the demo's addresses and servers): only `processes` is added to.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def read(path: Path) -> dict[str, Any]:
    """Return what the file holds, {} when there is none."""
    try:
        found: dict[str, Any] = json.loads(path.read_text())
    except FileNotFoundError:
        return {}
    return found


def write(path: Path, state: dict[str, Any]) -> None:
    """Replace the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(state, indent=2) + "\n")
    partial.replace(path)


def note(path: Path, processes: dict[str, int]) -> None:
    """Enter pids by name, leaving the others as they are."""
    state = read(path)
    write(path, {**state, "processes": {**state.get("processes", {}), **processes}})
