"""Stages that go wrong in one way each, for tests of how a worker ends: `python -m tests.engine.misbehaving SETTINGS`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from streams.engine import LaneContext, Outputs, Record, Table, run_chunks, run_lanes
from tests.engine.calling import LEDGER, Calling
from tests.engine.counting import Counting, parse
from tests.engine.hanging import hang
from tests.engine.taken_away import PARTS

PAUSE = "pause"


class OpensForEver(Counting):
    """Never ends taking up its work."""

    def assigned(self, partition: int, table: Table) -> Outputs | None:
        """Wait in a worker thread."""
        hang()
        return super().assigned(partition, table)


class DecidesForEver(Counting):
    """Never ends deciding."""

    def handle(self, partition: int, table: Table, records: Sequence[Record]) -> Outputs:
        """Wait in a worker thread: the event loop goes on."""
        hang()
        return super().handle(partition, table, records)


class CannotDecide(Counting):
    """Has a defect that shows when it decides."""

    def handle(self, partition: int, table: Table, records: Sequence[Record]) -> Outputs:
        """Fail with the records in hand."""
        raise ZeroDivisionError(f"{partition} {table} {records}"[:20])


class HangsTheLoop(Calling):
    """Blocks the event loop with its first call."""

    async def handle(self, record: Record, table: Table, context: LaneContext) -> Outputs | None:
        """Nothing of the process's coroutines ever runs again."""
        hang()
        return await super().handle(record, table, context)


class Stumbles(Calling):
    """Has a defect that shows in a lane."""

    async def handle(self, record: Record, table: Table, context: LaneContext) -> Outputs | None:
        """Fail in the lane's own task."""
        await asyncio.sleep(0)
        raise ZeroDivisionError(f"{record.place} {table} {context}"[:20])


class PausesInDecision(Counting):
    """Is stopped (SIGSTOP) with a decision in hand that is not written."""

    def __init__(self, out: str, pause: Path) -> None:
        super().__init__(out)
        self.pause = pause

    def handle(self, partition: int, table: Table, records: Sequence[Record]) -> Outputs:
        """Decide, stop, and return the decision when somebody lets the process go on."""
        outputs = super().handle(partition, table, records)
        pause_once(self.pause)
        return outputs


class PausesInCall(Calling):
    """Is stopped (SIGSTOP) with a call made whose result is not written."""

    def call(self, key: bytes, number: bytes, *, repeat: bool) -> None:
        """Call, then stop."""
        super().call(key, number, repeat=repeat)
        pause_once(self.ledger.with_name(PAUSE))


def pause_once(file: Path) -> None:
    """Stop this process if the file is there; whoever takes its work over does not stop again."""
    try:
        file.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGSTOP)


def main() -> None:
    """Run the stage that was named until it ends."""
    settings, extra = parse(sys.argv[1])
    ledger = settings.data_dir.parent / LEDGER
    if "without" in extra:
        PARTS[extra["without"]]()
    match extra["fault"]:
        case "opens for ever":
            sys.exit(run_chunks(settings, OpensForEver(extra["out"])))
        case "decides for ever":
            sys.exit(run_chunks(settings, DecidesForEver(extra["out"])))
        case "cannot decide":
            sys.exit(run_chunks(settings, CannotDecide(extra["out"])))
        case "hangs the loop":
            sys.exit(run_lanes(settings, HangsTheLoop(extra["out"], ledger)))
        case "stumbles":
            sys.exit(run_lanes(settings, Stumbles(extra["out"], ledger)))
        case "pauses in a decision":
            sys.exit(run_chunks(settings, PausesInDecision(extra["out"], ledger.with_name(PAUSE))))
        case "pauses in a call":
            sys.exit(run_lanes(settings, PausesInCall(extra["out"], ledger)))
        case "cannot commit":
            AIOKafkaConsumer.commit = _refused
            sys.exit(run_chunks(settings, Counting(extra["out"])))
        case fault:
            sys.exit(f"no such fault: {fault}")


async def _refused(*_: object) -> None:
    raise ConnectionError("nobody expected this")


if __name__ == "__main__":
    main()
