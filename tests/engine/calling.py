"""A stage of lanes for tests: each number is "called" outside once (a line in a file), then answered.

Run as `python -m tests.engine.calling SETTINGS`. A number that the table knows as finished is skipped, as a sink does.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path

from streams.engine import LaneContext, Outputs, Produce, Record, Table, run_lanes
from tests.engine.counting import parse

CALL_S = 0.02
LEDGER = "calls.jsonl"


class Calling:
    """Calls the outside for each number, slowly enough to be killed in between."""

    def __init__(self, out: str, ledger: Path) -> None:
        self.out = out
        self.ledger = ledger

    async def handle(self, record: Record, table: Table, context: LaneContext) -> Outputs | None:
        """Skip what is finished; call, wait for the reply, answer."""
        key, number = record.key or b"", record.value or b""
        if int(table.get(key) or b"-1") >= int(number):
            return Outputs()
        if not context.may_start():
            return None
        self.call(key, number, repeat=record.offset < context.end_offset_at_assignment)
        await asyncio.sleep(CALL_S)
        return Outputs({key: number}, [Produce(self.out, record.partition, key, number)])

    def call(self, key: bytes, number: bytes, *, repeat: bool) -> None:
        """Leave a trace outside that no crash takes back."""
        line = {"key": key.decode(), "number": int(number), "repeat": repeat, "pid": os.getpid()}
        with self.ledger.open("a") as ledger:
            ledger.write(json.dumps(line) + "\n")

    def refuse(self, record: Record, reason: str) -> Outputs:
        """Answer with the reason."""
        return Outputs(records=[Produce(self.out, record.partition, record.key, reason.encode())])


def main() -> None:
    """Run the stage until SIGTERM."""
    settings, extra = parse(sys.argv[1])
    ledger = settings.data_dir.parent / LEDGER  # one for all workers of the test
    sys.exit(run_lanes(settings, Calling(extra["out"], ledger)))


if __name__ == "__main__":
    main()
