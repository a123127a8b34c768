"""One owned partition: its transactions and its table, opened in an order that leaves no gap.

1. fence the predecessor, so that nobody else writes any more,
2. open the local store,
3. ask where the changelog and the sources end,
4. read what the store lacks, committed rows only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import structlog

from schemas.errors import FatalError
from streams.engine.changelog import Changelog
from streams.engine.records import Outputs
from streams.engine.settings import EngineSettings
from streams.engine.store import Store
from streams.engine.transaction import Transactions

log = structlog.get_logger(__name__)


class Partition:
    """One partition of the stage, owned by this worker from its assignment to its revocation.

    Its methods block and are called in worker threads.

    Attributes:
        number: which partition.
        table: its rows.
        ends: source topic -> end offset when it was assigned.
        more: a handler left work behind that needs no event to go on.
        lock: held while outputs are decided or written; closing waits for it.
    """

    def __init__(self, settings: EngineSettings, number: int) -> None:
        """Open and recover the partition.

        Raises:
            FatalError: another worker took over meanwhile, or the broker is away.
        """
        began = time.monotonic()
        self.number = number
        self.more = False
        self.lock = threading.RLock()
        self._limit = settings.record_limit
        self._transactions = Transactions(settings, number)  # 1.
        self.table = Store(settings.directory / str(number))  # 2.
        changelog = Changelog(settings, number)
        try:
            self.ends = changelog.ends(settings.topics)  # 3.
            rows = changelog.recover(self.table)  # 4.
        finally:
            changelog.close()
        took = round(time.monotonic() - began, 3)
        log.info("partition.recovered", stage=settings.stage, partition=number, rows=rows, seconds=took)

    def fits(self, outputs: Outputs) -> bool:
        """Tell whether the broker would take each record."""
        return outputs.largest() <= self._limit

    def oversize(self, outputs: Outputs) -> str:
        """Return the sentence that says what does not fit."""
        return f"a result of {outputs.largest()} bytes is over the limit of {self._limit}"

    def write(self, outputs: Outputs, meanwhile: Callable[[], object] | None = None) -> None:
        """Write outputs: one transaction first, then the table, which is never ahead of its changelog.

        Args:
            meanwhile: what to do while the broker takes them.

        Raises:
            FatalError: fenced, refused, too large, or a row key the table keeps for itself.
        """
        with self.lock:
            if not outputs:
                return
            self._check(outputs)
            offset = self._transactions.write(outputs, meanwhile)
            if offset is not None:
                self.table.apply(outputs.rows, offset)

    def close(self) -> None:
        """Release the store and the producer, after the write in hand."""
        with self.lock:
            self.table.close()
            del self._transactions

    def _check(self, outputs: Outputs) -> None:
        if not self.fits(outputs):  # refused by the broker, it would be refused again and again
            raise FatalError(f"partition {self.number}: {self.oversize(outputs)}")
        if any(key.startswith(b"\0") for key in outputs.rows):
            raise FatalError(f"partition {self.number}: a row key begins with a zero byte")
