"""Stages that go wrong in one way each, for tests of how a worker ends: `python -m tests.engine.misbehaving SETTINGS`."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from aiokafka import AIOKafkaConsumer

from streams.engine import LaneContext, Outputs, Record, Table, run_chunks, run_lanes
from tests.engine.calling import LEDGER, Calling
from tests.engine.counting import Counting, parse

PAUSE = "pause"


class OpensForEver(Counting):
    """Never ends taking up its work."""

    def assigned(self, partition: int, table: Table) -> Outputs | None:
        """Wait for ever, in a worker thread."""
        threading.Event().wait()
        return super().assigned(partition, table)


class DecidesForEver(Counting):
    """Never ends deciding."""

    def handle(self, partition: int, table: Table, records: Sequence[Record]) -> Outputs:
        """Wait for ever, in a worker thread: the event loop goes on."""
        threading.Event().wait()
        return super().handle(partition, table, records)


class HangsTheLoop(Calling):
    """Blocks the event loop with its first call."""

    async def handle(self, record: Record, table: Table, context: LaneContext) -> Outputs | None:
        """Nothing of the process's coroutines ever runs again."""
        time.sleep(3600)  # noqa: ASYNC251  # this is the fault
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
    match extra["fault"]:
        case "opens for ever":
            sys.exit(run_chunks(settings, OpensForEver(extra["out"])))
        case "decides for ever":
            sys.exit(run_chunks(settings, DecidesForEver(extra["out"])))
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
