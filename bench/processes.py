"""Child processes, ended by pid, with the time they ran and the time they had to wait (read from /proc: Linux only)."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.loops.waiting import WAITED

ROOT = Path(__file__).parent.parent
END_S = 30
TAIL = 30


class BenchError(Exception):
    """A benchmark could not be run; the message says why."""


class Child:
    """One process, logging to a file."""

    def __init__(self, log: Path, *words: str, python: str = sys.executable, **environment: str) -> None:
        """Start `python -m WORDS...` from the repository's root."""
        self._log, self._waited = log, log.with_suffix(".waited")
        log.parent.mkdir(parents=True, exist_ok=True)
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("KEAPSYNC_")}
        told = inherited | {WAITED: str(self._waited)} | environment
        with log.open("ab") as out:
            self._process = subprocess.Popen([python, "-m", *words], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=told)

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

    def waited_s(self) -> float:
        """Return the seconds it has waited for the broker so far, where it counts them (`bench.loops.waiting`)."""
        return float(self._waited.read_text() or 0) if self._waited.exists() else 0.0

    def queued_ns(self) -> Counter[str]:
        """Return how long each of its threads has been ready to run and without a core so far, ns."""
        return queued_ns(self._process.pid)

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


def queued_ns(pid: int) -> Counter[str]:
    """Return how long each thread of a process has waited in the run queue so far, ns."""
    waited: Counter[str] = Counter()
    for thread in os.scandir(f"/proc/{pid}/task"):
        place = f"{thread.path}/schedstat"
        # One that has ended meanwhile is left out. There may be a hundred: a Path takes five times as long.
        with contextlib.suppress(OSError), open(place, "rb", buffering=0) as file:  # noqa: PTH123
            waited[thread.name] = int(file.read().split()[1])
    return waited


def stolen_ms() -> float:
    """Return how long the machine's cores have been taken away by its hypervisor so far, ms."""
    cores = Path("/proc/stat").read_text().partition("\n")[0]
    return int(cores.split()[8]) / os.sysconf("SC_CLK_TCK") * 1000


def require_all(children: Iterable[Child]) -> None:
    """Raise BenchError when one of them has ended."""
    for child in children:
        child.require()


def end_all(children: Sequence[Child]) -> None:
    """End processes, the last one first."""
    for child in reversed(children):
        child.end()
