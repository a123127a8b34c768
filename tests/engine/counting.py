"""A stage for tests: per key it keeps the last number it saw and sends each new number on.

Run as `python -m tests.engine.counting SETTINGS`, the settings being JSON; a number that is not new is a duplicate.
"""

# ruff: noqa: ARG002  # a handler gets more than this one needs

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

from schemas.errors import SyncError
from streams.engine import EngineSettings, Outputs, Produce, Record, Table, run_chunks


class Counting:
    """Sends every number of a key once, in order."""

    def __init__(self, out: str) -> None:
        self.out = out

    def assigned(self, partition: int, table: Table) -> Outputs | None:
        """Nothing is ever left unfinished."""
        return None

    def more(self, partition: int, table: Table) -> Outputs:
        """Never called: nothing asks for more."""
        return Outputs()

    def refuse(self, partition: int, table: Table, record: Record, reason: str) -> Outputs:
        """Send the reason on."""
        return Outputs(records=[Produce(self.out, partition, record.key, reason.encode())])

    def prepare(self, record: Record) -> Record:
        """Nothing can be done without the table."""
        return record

    def handle(self, partition: int, table: Table, records: Sequence[Record]) -> Outputs:
        """Compare each number with the row of its key."""
        rows: dict[bytes, bytes | None] = {}
        sent = []
        for record in records:
            key, value = record.key or b"", record.value or b""
            last = rows.get(key) or table.get(key) or b"-1"
            if int(value) > int(last):
                rows[key] = value
                sent.append(Produce(self.out, partition, key, value, (("from", record.topic.encode()),)))
        return Outputs(rows, sent)


def command(program: str, settings: EngineSettings, **extra: str) -> list[str]:
    """Return the command line that runs such a program with these settings."""
    return [sys.executable, "-m", program, json.dumps(asdict(settings) | extra, default=str)]


def parse(text: str) -> tuple[EngineSettings, Mapping[str, str]]:
    """Return the settings of a command line, and what is not one of them."""
    given = json.loads(text)
    names = EngineSettings.__dataclass_fields__
    known = {name: value for name, value in given.items() if name in names}
    known |= {"topics": tuple(known["topics"]), "outputs": tuple(known["outputs"]), "data_dir": Path(known["data_dir"])}
    return EngineSettings(**known), {name: value for name, value in given.items() if name not in names}


def main() -> None:
    """Run the stage until SIGTERM."""
    settings, extra = parse(sys.argv[1])
    try:
        sys.exit(run_chunks(settings, Counting(extra["out"])))
    except SyncError as error:
        sys.exit(f"configuration: {error}")


if __name__ == "__main__":
    main()
