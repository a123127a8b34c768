"""The partitions this worker owns, opened anew at every assignment.

Keeping one open over a rebalance would save a fraction of a second and trust a table that somebody else may have
written to meanwhile: a worker that was paused cannot tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor

from streams.engine.partition import Partition


class Ownership:
    """Opens and closes partitions, one assignment after the other."""

    def __init__(self, open_: Callable[[int], Partition], executor: Executor) -> None:
        """Use `open_` in the executor's threads."""
        self._open = open_
        self._executor = executor
        self._lock = asyncio.Lock()
        self._partitions: dict[int, Partition] = {}

    @property
    def busy(self) -> bool:
        """Whether partitions are being closed or opened."""
        return self._lock.locked()

    async def replace(self, numbers: set[int]) -> Mapping[int, Partition]:
        """Close all partitions and open these.

        A caller that is cancelled (another rebalance came) does not stop what it began: the next call waits for it
        and closes what it opened. A store is never opened twice.
        """
        return await asyncio.shield(self._replace(numbers))

    async def _replace(self, numbers: set[int]) -> Mapping[int, Partition]:
        async with self._lock:
            loop = asyncio.get_running_loop()
            closing = [self._partitions.pop(number) for number in list(self._partitions)]
            await asyncio.gather(*(loop.run_in_executor(self._executor, each.close) for each in closing))
            opening = (loop.run_in_executor(self._executor, self._open, number) for number in sorted(numbers))
            self._partitions = {each.number: each for each in await asyncio.gather(*opening)}
            return self._partitions
