"""Child processes, ended by pid, with the CPU time and memory they used (read from /proc: Linux only)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
END_S = 30
TAIL = 30


class BenchError(Exception):
    """A benchmark could not be run; the message says why."""


class Child:
    """One process, logging to a file."""

    def __init__(self, log: Path, *words: str, python: str = sys.executable, **environment: str) -> None:
        """Start `python -m WORDS...` from the repository's root."""
        self._log = log
        log.parent.mkdir(parents=True, exist_ok=True)
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("KEAPSYNC_")}
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                [python, "-m", *words], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=inherited | environment
            )

    def require(self) -> None:
        """Raise BenchError, with the end of its log, when it has ended."""
        if self._process.poll() is not None:
            raise BenchError(f"{self._log.stem} ended with exit code {self._process.returncode}:\n{self.tail()}")

    def tail(self) -> str:
        """Return the last lines it logged."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-TAIL:])

    def cpu_s(self) -> float:
        """Return the CPU seconds it has used so far, all threads, user and system."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def wait(self, within_s: float) -> str:
        """Wait until it ends in order and return what it printed."""
        self._process.wait(within_s)
        if self._process.returncode:
            self.require()
        return self._log.read_text()

    def end(self) -> None:
        """End it by SIGTERM, by force when that does not help."""
        if self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def require_all(children: Iterable[Child]) -> None:
    """Raise BenchError when one of them has ended."""
    for child in children:
        child.require()


def end_all(children: Sequence[Child]) -> None:
    """End processes, the last one first."""
    for child in reversed(children):
        child.end()
