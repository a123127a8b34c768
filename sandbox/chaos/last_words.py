"""What the workers said last but for the news of every poll: where to look first when a storm ended badly."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TURNS = ("worker.started", "worker.stopped", "worker.ended", "partition.recovered", "partition.opened", "partition.closed")
BAD = ("warning", "error", "critical")
LIBRDKAFKA = "kafka."
"""Loggers that repeat, many times a second, that a broker is away."""
SHOWN = 40
LENGTH = 160


def last_words(logs: Path) -> list[str]:
    """Return the last turns, warnings and errors of all processes in a folder of logs, a line each."""
    said = sorted((line for log in logs.glob("*.log") for line in _turns(log)), key=lambda line: line[0])
    return [f"{at} {name}: {words}"[:LENGTH] for at, name, words in said[-SHOWN:]]


def _turns(log: Path) -> Iterator[tuple[str, str, str]]:
    for line in log.read_text(errors="replace").splitlines():
        said = _read(line)
        if said.get("event") in TURNS or (said.get("level") in BAD and not str(said.get("logger")).startswith(LIBRDKAFKA)):
            more = [f"{key}={value}" for key, value in said.items() if key not in ("event", "level", "logger", "timestamp")]
            yield str(said.get("timestamp")), log.stem, " ".join(f"{said.get('event')} {' '.join(more)}".split())


def _read(line: str) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        return {}  # a traceback's line, or one that a kill cut
    return said if isinstance(said, dict) else {}
