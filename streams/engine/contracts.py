"""What the engine asks of a stage, and what it offers to one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from streams.engine.records import Outputs, Record

Prepared = TypeVar("Prepared")


class Table(Protocol):
    """Read access to the rows of one partition."""

    def get(self, key: bytes) -> bytes | None:
        """Return the row's value, None when there is none."""
        ...

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield the rows whose key begins with `prefix`, in the order of their keys."""
        ...


class Handler(Protocol[Prepared]):
    """A stage that decides chunk by chunk. Called in a worker thread, one call at a time per partition; `prepare` also amid a write.

    A call must not raise for bad input: any exception but those named is taken for a defect and ends the worker.
    """

    def assigned(self, partition: int, table: Table) -> Outputs | None:
        """Take up unfinished work. Called after the partition's table is recovered, before its events flow."""
        ...

    def prepare(self, record: Record) -> Prepared:
        """Do what needs no table, and return what `handle` is to get; never None. It may be for nothing: the partition may be given up.

        Raises:
            RetriableError: not yet; the record comes again, those before it are handled first.
        """
        ...

    def handle(self, partition: int, table: Table, chunk: Sequence[Prepared]) -> Outputs:
        """Decide about some records of one partition, in their order.

        May be called again with the same records (after a crash, or one by one after outputs that were too large).
        """
        ...

    def more(self, partition: int, table: Table) -> Outputs:
        """Do one more page of what an earlier call left with `Outputs.more`; between chunks and before idling."""
        ...

    def refuse(self, partition: int, table: Table, record: Record, reason: str) -> Outputs:
        """Turn a record whose outputs no broker would take into a dead letter."""
        ...


class LaneContext(Protocol):
    """What a lane handler may want to know about the record in hand.

    Attributes:
        end_offset_at_assignment: a record below it may have been handled before, by this worker or another one.
        attempt: 0 at first; above 0 after this handler returned None for the record.
        stopped: set when the partition is given up or the worker stops: every wait has to end then.
    """

    @property
    def end_offset_at_assignment(self) -> int: ...  # noqa: D102

    @property
    def attempt(self) -> int: ...  # noqa: D102

    @property
    def stopped(self) -> asyncio.Event: ...  # noqa: D102

    def may_start(self) -> bool:
        """Tell whether a call to the outside may begin: the partition is ours beyond doubt."""
        ...


class LaneHandler(Protocol):
    """A stage that handles single records, several keys at a time, each key in order. Called in the event loop."""

    async def handle(self, record: Record, table: Table, context: LaneContext) -> Outputs | None:
        """Handle one record; the table shows the results of all earlier records of its key.

        Returns:
            What to write; or None when it could not be done because `may_start` said no: the record comes again.

        Raises:
            RetriableError: not yet, and nothing was begun; the record comes again, as if for the first time.
        """
        ...

    def refuse(self, record: Record, reason: str) -> Outputs:
        """Turn a record whose outputs no broker would take into a dead letter."""
        ...
