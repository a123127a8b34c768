"""What chunks and lanes have in common: an inbox, the owned partitions, and the times between which they may work."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Coroutine, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from streams.engine.fatal import fail
from streams.engine.inbox import Inbox
from streams.engine.ownership import Ownership
from streams.engine.partition import Partition
from streams.engine.settings import EngineSettings

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


class Work(ABC):
    """One stage's work in this process.

    Called by the shell in this order at every rebalance: `drain` when partitions are given up, `reassign` when others
    came, `resume` before their events flow.
    """

    def __init__(self, settings: EngineSettings) -> None:
        """Own nothing yet."""
        self.settings = settings
        self.inbox = Inbox(settings.queue)
        self.partitions: Mapping[int, Partition] = {}
        self.heard_at: Callable[[], float] = lambda: 0.0  # when the broker last heard us; set by the shell
        self._executor = ThreadPoolExecutor(max(4, settings.partitions), thread_name_prefix=settings.stage)
        self._ownership = Ownership(self.open, self._executor)

    @property
    def holding(self) -> bool:
        """Whether something waits for good reason, so that no progress is no fault."""
        return False

    @property
    def opening(self) -> bool:
        """Whether partitions are being closed or opened."""
        return self._ownership.busy

    @abstractmethod
    async def run(self) -> None:
        """Work for ever; an exception ends the worker."""

    @abstractmethod
    async def drain(self) -> None:
        """Finish or release what is in hand within the grace time, and begin nothing more until `resume`."""

    @abstractmethod
    def resume(self) -> None:
        """Begin to work on the partitions of the last `reassign`."""

    def open(self, number: int) -> Partition:
        """Make a partition ready for work, in a worker thread."""
        return self.recover(number)

    def recover(self, number: int) -> Partition:
        """Open a partition and bring its table up to date."""
        return Partition(self.settings, number)

    async def reassign(self, numbers: set[int]) -> None:
        """Own exactly these partitions, recovered."""
        self.partitions = {}
        self.partitions = await self._ownership.replace(numbers)

    def supervise(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Start a child task whose failure ends the worker: one that dies in silence stops commits for ever."""
        task = asyncio.create_task(coroutine)
        task.add_done_callback(_end_on_failure)
        return task

    async def in_thread(self, call: Callable[Arguments, Result], *arguments: Arguments.args, **options: Arguments.kwargs) -> Result:
        """Run a blocking call in a worker thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, lambda: call(*arguments, **options))

    async def close(self) -> None:
        """Close all partitions."""
        await self.reassign(set())
        self._executor.shutdown(wait=False)


def _end_on_failure(task: asyncio.Task[None]) -> None:
    error = None if task.cancelled() else task.exception()
    if error is not None:
        fail(error)
