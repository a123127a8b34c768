"""How much memory the workers hold while a storm goes on. One that is killed begins anew, so this tells growth within a life at most."""

from __future__ import annotations

import subprocess
import time
from statistics import median

from sandbox.chaos.beside import Beside
from sandbox.chaos.system import STAGES
from sandbox.demo.stack import Stack, processes_of

EVERY_S = 5.0
SPAN_S = 60.0
"""What counts as the beginning and the end."""
KB_PER_MB = 1024


class Residents(Beside):
    """Looks at the workers' resident memory every few seconds."""

    def __init__(self, stack: Stack) -> None:
        """Prepare."""
        super().__init__("residents")
        self._stack = stack
        self.seen: dict[str, list[tuple[float, int]]] = {stage: [] for stage in STAGES}
        """Stage -> (monotonic seconds, MB)."""

    def _work(self) -> None:
        while not self._stop.wait(EVERY_S):
            for stage, process in processes_of(self._stack.state).items():
                if stage in self.seen and process.runs() and (found := resident_mb(process.pid)):
                    self.seen[stage].append((time.monotonic(), found))

    def lines(self) -> list[str]:
        """Say them: the medians of the first and the last minute, and the most, in megabytes."""
        return [f"memory {stage:<13}{spell(many)}" for stage, many in self.seen.items() if many]


def spell(many: list[tuple[float, int]]) -> str:
    """Return what was seen of one worker in a line."""
    began, ended = many[0][0], many[-1][0]
    first = median(mb for at, mb in many if at <= began + SPAN_S)
    last = median(mb for at, mb in many if at >= ended - SPAN_S)
    return f"{first:.0f} MB in the first minute, {last:.0f} in the last, {max(mb for _, mb in many)} at most"


def resident_mb(pid: int) -> int:
    """Return a process's resident memory, 0 when it has none any more."""
    shown = subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout.strip()
    return int(shown or 0) // KB_PER_MB
