"""What a run was made on: figures mean nothing without it."""

from __future__ import annotations

import os
import platform
import subprocess
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

TURNS = 2_000_000


LIBRARIES = ("faust-streaming", "confluent-kafka", "rocksdict", "msgspec")


def describe(*others: str) -> dict[str, str]:
    """Return the machine, how busy it was, the commit and the versions, those of others beside our own."""
    written = ":(exclude)docs/benchmarks.md"  # by the sections before this one
    dirty = " with changes" if _git("status", "--porcelain", "--untracked-files=no", "--", ".", written) else ""
    return {
        "on": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _git("rev-parse", "--short", "HEAD") + dirty,
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": _memory(),
        "load before": f"{os.getloadavg()[0]:.1f} (1 minute)",
        "a bare Python loop": f"{_loop_ns():.0f} ns a turn",
        "system": f"{platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "libraries": ", ".join([*(f"{name} {version(name)}" for name in LIBRARIES), *others]),
    }


def _loop_ns() -> float:
    """Time an empty loop: what a neighbour takes of a shared processor shows here, and in no load average."""
    laps = []
    for _ in range(5):
        began = time.process_time_ns()
        for _ in range(TURNS):
            pass
        laps.append(time.process_time_ns() - began)
    return median(laps) / TURNS


def _git(*words: str) -> str:
    done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    return done.stdout.strip() or ("" if done.returncode == 0 else "unknown")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB"
