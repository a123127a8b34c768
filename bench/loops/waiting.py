"""Adds up the seconds that a worker waits for the broker to take what it sends, in a file that the benchmark reads meanwhile."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

WAITED: Final = "BENCH_WAITED"
"""The variable that says which file."""


class Waiting:
    """`with waiting():` around what waits."""

    def __init__(self) -> None:
        """Begin at zero."""
        self._file = Path(os.environ[WAITED]).open("w")  # noqa: SIM115 - open as long as the process lives
        self._lock = threading.Lock()  # partitions wait side by side
        self._seconds = 0.0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Count the time until it is left."""
        began = time.monotonic()
        try:
            yield
        finally:
            with self._lock:
                self._seconds += time.monotonic() - began
                os.pwrite(self._file.fileno(), f"{self._seconds:.6f}".encode(), 0)  # it only grows: nothing old is left behind it
