"""What is printed beside the verdict is what its line says."""

from __future__ import annotations

import json
import os
import struct
from pathlib import Path

from sandbox.chaos.openings import opened
from sandbox.chaos.rebalances import generations
from sandbox.chaos.residents import resident_mb, spell

BEGAN = 1_764_331_200_000
"""28 November 2025, 12:00:00 UTC, in ms."""


def said(event: str, second: int, partition: int) -> str:
    """Return a line of a worker's log, some seconds after twelve."""
    return json.dumps({"event": event, "partition": partition, "timestamp": f"2025-11-28T12:00:{second:02d}.000000Z"})


def test_partitions_opened_since_the_storm_began_are_counted(tmp_path: Path) -> None:
    """Those of sync and the sinks recover theirs; other lines, and what came before, are left out."""
    log = tmp_path / "run.log"
    lines = (said("partition.opened", 0, 3), said("partition.recovered", 5, 0), "no JSON", said("schema.found", 6, 1))
    log.write_text("\n".join(lines))

    assert list(opened(log, BEGAN + 1)) == [0]
    assert list(opened(log, BEGAN)) == [3, 0]


def test_memory_is_told_of_the_first_and_the_last_minute() -> None:
    """Medians, so that a worker that has just been started does not hide the others."""
    seen = [(0.0, 20), (30.0, 80), (60.0, 82), (100.0, 300), (150.0, 90), (200.0, 20), (205.0, 92)]

    assert spell(seen) == "80 MB in the first minute, 90 in the last, 300 at most"


def test_a_process_has_memory_while_it_runs() -> None:
    """One that is gone has none."""
    assert resident_mb(os.getpid()) > 10
    assert resident_mb(2**30) == 0


def group(name: str, generation: int, at: int) -> tuple[bytes, bytes, int]:
    """Return what the broker writes down of a group's generation: key, value, time."""
    text = struct.pack(">h", len(name)) + name.encode()
    return struct.pack(">h", 2) + text, struct.pack(">hh", 3, 8) + b"consumer" + struct.pack(">i", generation) + b"more", at


def test_rebalances_are_the_generations_that_the_broker_wrote_down() -> None:
    """Each once, however often it is written; offsets, deleted groups, and what came before the storm are none."""
    offset, deleted = (struct.pack(">h", 1) + b"...", b"...", 20), (group("sync", 9, 20)[0], None, 20)
    entries = [group("sync", 4, 5), group("sync", 5, 10), group("sync", 5, 11), offset, deleted, group("capture", 1, 12)]

    assert generations(entries, 10) == {"sync": 1, "capture": 1}
