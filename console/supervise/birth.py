"""When a process began: with its pid it names one process for ever, where a pid alone is given out again."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Final

STATE: Final = 0
BEGAN: Final = 19
"""Fields behind the name in Linux's /proc/PID/stat (proc(5): fields 3 and 22): state, and clock ticks since the machine started."""
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
"""Another with each start of the machine."""


def birth(pid: int) -> str | None:
    """Return when the process that has a pid now began, None when there is none or it only waits to be reaped.

    The form is that of the system: only equality means anything.
    """
    if _BOOT.exists():
        return _from_proc(pid)
    shown = subprocess.run(["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    state, _, began = shown.strip().partition(" ")
    return began.strip() or None if not state.startswith("Z") else None


def _from_proc(pid: int) -> str | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    words = text.rpartition(")")[2].split()  # the name may hold spaces and brackets
    return None if words[STATE] in "ZX" else f"{_BOOT.read_text().strip()} {words[BEGAN]}"
