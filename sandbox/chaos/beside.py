"""What goes on in a thread beside a storm."""

from __future__ import annotations

from threading import Event, Thread
from typing import Self


class Beside:
    """Works until it is told to stop; use it as a context manager."""

    def __init__(self, name: str) -> None:
        """Prepare; `name` is the thread's."""
        self._stop = Event()
        self._thread = Thread(target=self._work, name=name, daemon=True)

    def __enter__(self) -> Self:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Let it finish what it does."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        """Work until `_stop` is set."""
        raise NotImplementedError
