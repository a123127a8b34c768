"""Partitions that workers took up, as their logs tell: at a start, or because a rebalance gave them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

OPENED = ("partition.opened", "partition.recovered")
"""What capture and the stages of the engine log for each."""


def opened(log: Path, since: int) -> Iterator[int]:
    """Yield the partitions that the workers of a log took up since an instant (ms)."""
    for line in log.read_text(errors="replace").splitlines():
        if any(event in line for event in OPENED):
            said = json.loads(line)
            if datetime.fromisoformat(said["timestamp"]).timestamp() * 1000 >= since:
                yield said["partition"]
