"""A partition in memory, for tests of chunks and lanes without a broker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from streams.engine.inbox import Delivery
from streams.engine.partition import Partition
from streams.engine.records import Outputs, Record
from streams.engine.settings import EngineSettings
from streams.engine.watermark import Watermark


class MemoryTable:
    """Rows in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[bytes, bytes] = {}

    def get(self, key: bytes) -> bytes | None:
        """Return a row's value."""
        return self.rows.get(key)

    def scan(self, prefix: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Yield rows by prefix, in order."""
        yield from sorted((key, value) for key, value in self.rows.items() if key.startswith(prefix))


class MemoryPartition(Partition):
    """A partition whose transactions are a list.

    Attributes:
        transactions: what was written, one item per transaction.
        gate: writing waits for it.
    """

    def __init__(self, number: int, limit: int = 100) -> None:
        self.number = number
        self.more = False
        self.lock = threading.RLock()
        self.ends = {"commands": 2}
        self.memory = MemoryTable()
        self.table = self.memory  # type: ignore[assignment]  # a table is anything that reads like one
        self.transactions: list[Outputs] = []
        self.gate = threading.Event()
        self.gate.set()
        self._limit = limit

    def write(self, outputs: Outputs, meanwhile: Callable[[], object] | None = None) -> None:
        """Note the transaction and apply its rows."""
        if meanwhile:
            meanwhile()
        self.gate.wait(10)
        assert self.fits(outputs)
        if outputs:
            self.transactions.append(outputs)
        for key, value in outputs.rows.items():
            if value is None:
                self.memory.rows.pop(key, None)
            else:
                self.memory.rows[key] = value

    def close(self) -> None:
        """Nothing to release."""


def settings(**changes: object) -> EngineSettings:
    """Return settings of a stage that needs no broker."""
    plain = {
        "stage": "memory",
        "bootstrap": "127.0.0.1:1",
        "topics": ("commands",),
        "changelog": "rows",
        "partitions": 1,
        "data_dir": Path("unused"),
        "drain_s": 5.0,
    }
    return EngineSettings(**(plain | changes))  # type: ignore[arg-type]  # a test names what it changes


def deliver(offset: int, key: bytes = b"k", value: bytes = b"v", mark: Watermark | None = None, partition: int = 0) -> Delivery:
    """Return a delivery that counts for `mark`."""
    mark = mark or Watermark(offset)
    mark.deliver(offset)
    return Delivery(Record("commands", partition, offset, key, value, 0), mark)
