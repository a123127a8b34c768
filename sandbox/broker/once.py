"""Directories of the cache, made once: each appears whole or not at all, so that several processes may ask at the same time."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path


def make_once(made: Path, fill: Callable[[Path], None]) -> Path:
    """Return a directory; `fill` is given an empty one to put everything into when it is not there, and what it raises leaves nothing."""
    if made.is_dir():
        return made
    made.parent.mkdir(parents=True, exist_ok=True)
    with (made.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the second process waits here, then finds it
        if not made.is_dir():
            _make(made, fill)
    return made


def _make(made: Path, fill: Callable[[Path], None]) -> None:
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=made.parent))
    try:
        fill(partial)
        partial.rename(made)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
