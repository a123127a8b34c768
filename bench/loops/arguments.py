"""What every worker is told."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Arguments:
    """One worker's place: broker, source topic and its partitions, changelog, local folder, and the connections it decides for."""

    kafka: str
    source: str
    changelog: str
    partitions: int
    data: Path
    connections: tuple[str, ...]


def command_line(arguments: Arguments) -> list[str]:
    """Return the words that `parse` understands."""
    return [
        *("--kafka", arguments.kafka, "--source", arguments.source, "--changelog", arguments.changelog),
        *("--partitions", str(arguments.partitions), "--data", str(arguments.data), *arguments.connections),
    ]


def parse() -> Arguments:
    """Read them from the command line."""
    parser = argparse.ArgumentParser()
    for name in ("--kafka", "--source", "--changelog"):
        parser.add_argument(name, required=True)
    parser.add_argument("--partitions", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("connections", nargs="+")
    told = parser.parse_args()
    return Arguments(told.kafka, told.source, told.changelog, told.partitions, told.data, tuple(told.connections))
