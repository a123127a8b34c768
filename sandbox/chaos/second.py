"""A second worker of a stage, beside the one that the supervisor keeps."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

from sandbox.chaos.openings import opened
from streams.clock import now_ms

if TYPE_CHECKING:
    from sandbox.chaos.system import System
    from sandbox.demo.processes import Noted

TAKEN_S = 90
"""Until a second worker has its share: a start, and the rebalance it asks for, on a busy machine."""
BESIDE_S = 20
"""How long one that was paused and its successor live beside each other at most; one that notices ends before."""


class Second:
    """A second worker with a data directory of its own; it leaves when it is told to."""

    def __init__(self, system: System, stage: str) -> None:
        """Start it."""
        self._system, self._stage, self._name = system, stage, f"second-{stage}"
        self._log = system.processes.logs / f"{self._name}.log"
        config = system.stack.config.with_name("second.yaml")
        system.configure(config, "second", system.stack.folder / "second")
        self.began = now_ms()
        system.processes.start(self._name, "--config", str(config), *stage.split("-"))

    def takes_over(self, since: int) -> bool:
        """Wait until it took a connection over since an instant (ms): not for ever, nor once it ended; a storm may be too much for it."""
        deadline = time.monotonic() + TAKEN_S
        process = self._system.processes.running[self._name]
        while process.poll() is None and time.monotonic() < deadline:
            if not self._system.partitions.isdisjoint(opened(self._log, since)):
                self._system.taken_over[self._stage] += 1
                return True
            time.sleep(0.1)
        return False

    def leave(self, *, orderly: bool = True) -> None:
        """End it."""
        if not orderly:
            self._system.slay("second", self._system.noted(self._name))
        self._system.processes.forget(self._name)


def pause_beside(system: System, stage: str, seconds: float) -> bool:
    """Pause a worker for at least so long, and until a second one has its share; then let them live beside each other for a while.

    Returns whether it came to that. The supervisor knows nothing of it.
    """
    worker = system.living(stage)
    second = Second(system, stage)
    taken = second.takes_over(second.began) and worker is not None and _pause(worker, second, seconds)
    if taken and worker:
        system.pauses[stage] += 1
        deadline = time.monotonic() + BESIDE_S
        while worker.runs() and time.monotonic() < deadline:
            time.sleep(0.1)
        system.noticed[stage] += not worker.runs()
    second.leave()
    return taken


def _pause(worker: Noted, second: Second, seconds: float) -> bool:
    """Stop a worker until a second one took over what it held; returns whether it did."""
    stopped, until = now_ms(), time.monotonic() + seconds
    if not worker.runs():
        return False
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        taken = second.takes_over(stopped)
        time.sleep(max(0.0, until - time.monotonic()))
    finally:
        os.kill(worker.pid, signal.SIGCONT)
    return taken
