"""Stages that go wrong in one way each, for tests of how a worker ends: `python -m tests.engine.misbehaving SETTINGS`."""

from __future__ import annotations

import asyncio
import sys
import threading
import time

from aiokafka import AIOKafkaConsumer

from streams.engine import LaneContext, Outputs, Record, Table, run_chunks, run_lanes
from tests.engine.calling import Calling
from tests.engine.counting import Counting, parse


class OpensForEver(Counting):
    """Never ends taking up its work."""

    def assigned(self, partition: int, table: Table) -> Outputs | None:
        """Wait for ever, in a worker thread."""
        threading.Event().wait()
        return super().assigned(partition, table)


class DecidesForEver(Counting):
    """Never ends deciding."""

    def handle(self, partition: int, table: Table, records: object) -> Outputs:
        """Wait for ever, in a worker thread: the event loop goes on."""
        threading.Event().wait()
        return super().handle(partition, table, records)  # type: ignore[arg-type]  # never reached


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


def main() -> None:
    """Run the stage that was named until it ends."""
    settings, extra = parse(sys.argv[1])
    ledger = settings.data_dir.parent / "calls"
    match extra["fault"]:
        case "opens for ever":
            sys.exit(run_chunks(settings, OpensForEver(extra["out"])))
        case "decides for ever":
            sys.exit(run_chunks(settings, DecidesForEver(extra["out"])))
        case "hangs the loop":
            sys.exit(run_lanes(settings, HangsTheLoop(extra["out"], ledger)))
        case "stumbles":
            sys.exit(run_lanes(settings, Stumbles(extra["out"], ledger)))
        case "cannot commit":
            AIOKafkaConsumer.commit = _refused
            sys.exit(run_chunks(settings, Counting(extra["out"])))
        case fault:
            sys.exit(f"no such fault: {fault}")


async def _refused(*_: object) -> None:
    raise ConnectionError("nobody expected this")


if __name__ == "__main__":
    main()
