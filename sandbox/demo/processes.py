"""Child processes by name and pid: started apart from our terminal, logged to files, ended by pid.

A pid is given out again once its process has ended. So a process that another invocation started is known by its pid and the moment it
began (`console.supervise.birth`): who has the pid now and began later is a stranger, and is left alone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from console.supervise.birth import birth

END_S = 40
"""Seconds a process gets to end in order before it is killed; the supervisor itself waits 30 s for its children."""
TAIL = 20
"""Lines of a log that are shown when its process did not start."""


@dataclass(slots=True)
class Processes:
    """The processes of one demo, in the order they were started."""

    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, *arguments: str) -> int:
        """Start `keapsync` with arguments and return its pid; our own settings do not reach it."""
        self.logs.mkdir(parents=True, exist_ok=True)
        environment = {key: value for key, value in os.environ.items() if not key.startswith("KEAPSYNC_") or key == "KEAPSYNC_LOG"}
        with (self.logs / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "console", *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=environment,
                start_new_session=True,
            )
        self.running[name] = process
        return process.pid

    def ended(self) -> str | None:
        """Return what a process that ended by itself left in its log, None while all run."""
        for name, process in self.running.items():
            if process.poll() is not None:
                return f"{name} ended with exit code {process.returncode}:\n{self.tail(name)}"
        return None

    def tail(self, name: str) -> str:
        """Return the last lines of a process's log."""
        return "\n".join((self.logs / f"{name}.log").read_text(errors="replace").splitlines()[-TAIL:])

    def end(self) -> None:
        """End them all, the last one first."""
        for process in reversed(self.running.values()):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@dataclass(frozen=True, slots=True)
class Noted:
    """A process as a file tells of it. `born`: when it began; None where the file does not say."""

    pid: int
    born: str | None

    def runs(self) -> bool:
        """Tell whether it is this very process that has the pid now; one that is only waiting to be reaped has ended."""
        return self.born is not None and birth(self.pid) == self.born


def end_by_pid(processes: Mapping[str, Noted]) -> list[str]:
    """End processes that another invocation started, in the order given; returns the names of those that ran."""
    ended = []
    for name, process in processes.items():
        if not process.runs():
            continue
        ended.append(name)
        os.kill(process.pid, signal.SIGTERM)
        if not _gone(process, END_S):
            os.kill(process.pid, signal.SIGKILL)
            _gone(process, END_S)
    return ended


def _gone(process: Noted, within_s: float) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not process.runs():
            return True
        time.sleep(0.05)
    return False
