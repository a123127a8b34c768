"""Who runs as which pid, in a JSON file that is always whole.

The file may hold more than ours (the demo's addresses and servers): only `processes` and `born` are changed. `born` says when each began,
for a pid alone may be another process by now.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.supervise.birth import birth

if TYPE_CHECKING:
    from collections.abc import Iterable


def read(path: Path) -> dict[str, Any]:
    """Return what the file holds, {} when there is none."""
    try:
        found = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):  # one that is no JSON is not of ours
        return {}
    return found if isinstance(found, dict) else {}


def write(path: Path, state: dict[str, Any]) -> None:
    """Replace the file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(json.dumps(state, indent=2) + "\n")
    partial.replace(path)


def note(path: Path, processes: dict[str, int]) -> None:
    """Enter pids by name, leaving the others as they are."""
    state = read(path)
    born = {name: birth(pid) for name, pid in processes.items()}
    write(path, {**state, "processes": {**state.get("processes", {}), **processes}, "born": {**state.get("born", {}), **born}})


def forget(path: Path, names: Iterable[str]) -> None:
    """Take out processes that have ended; a file that is not there any more stays away."""
    if state := read(path):
        gone = dict.fromkeys(names)
        write(path, {**state, "processes": {**state.get("processes", {}), **gone}, "born": {**state.get("born", {}), **gone}})
