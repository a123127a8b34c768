"""One broker for all processes of a test run: whoever needs it first starts it, whoever needs it last stops it."""

from __future__ import annotations

import fcntl
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from console.supervise.birth import birth
from sandbox.demo.processes import Noted, end_by_pid

STATE, DOOR, USERS = "broker.json", "broker.door", "broker.users"
_CHILDREN: Final[list[subprocess.Popen[bytes]]] = []
"""Those that this process started; another one may stop them."""


@contextmanager
def shared(folder: Path, start: Callable[[], tuple[str, subprocess.Popen[bytes]]]) -> Iterator[str]:
    """Yield the address of the one that all share who name this folder.

    The locks are the system's: a process that is killed holds none.

    Args:
        folder: that of the test run.
        start: starts it and returns its address and its process.
    """
    with (folder / USERS).open("w") as users:
        with _door(folder):
            address = _found(folder) or _started(folder, start)
            fcntl.flock(users, fcntl.LOCK_SH)
        yield address
        with _door(folder):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            end_by_pid({"broker": _noted(folder)[1]})


@contextmanager
def _door(folder: Path) -> Iterator[None]:
    """Let one in at a time."""
    with (folder / DOOR).open("w") as door:
        fcntl.flock(door, fcntl.LOCK_EX)
        yield


def _found(folder: Path) -> str | None:
    if not (folder / STATE).exists():
        return None
    address, process = _noted(folder)
    return address if process.runs() else None


def _noted(folder: Path) -> tuple[str, Noted]:
    state: dict[str, Any] = json.loads((folder / STATE).read_text())
    return state["address"], Noted(state["pid"], state["born"])


def _started(folder: Path, start: Callable[[], tuple[str, subprocess.Popen[bytes]]]) -> str:
    address, child = start()
    _CHILDREN.append(child)
    (folder / STATE).write_text(json.dumps({"address": address, "pid": child.pid, "born": birth(child.pid)}))
    return address
