"""Keep the workers running until told to stop.

A child that ends is started again, later each time while it keeps failing. One that ends as misconfigured would only fail again:
it stops all of them, with its own sentence already on stderr.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import structlog

from console.errors import MISCONFIGURED
from console.supervise import state_file
from console.supervise.worker import Worker, end

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping, Sequence
    from pathlib import Path

log = structlog.get_logger()

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 30.0
REFUSALS: Final = 3
"""A child that worked before is believed only at its third refusal in a row: a broker that comes back may not know its topics yet."""
HEALTHY_S: Final = 60.0
"""A child that lived this long did not fail at its start: its next restart is a first one again."""


async def supervise(workers: Sequence[Worker], environment: Mapping[str, str], state: Path | None = None) -> int:
    """Run `workers` until SIGTERM or SIGINT; returns the exit code, 0 or that of a child nobody should restart."""
    supervisor = _Supervisor(environment, state)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, supervisor.stopping.set)
    supervisor.note("run", os.getpid())
    async with asyncio.TaskGroup() as group:
        for worker in workers:
            group.create_task(supervisor.keep(worker))
    supervisor.forget(["run", *(worker.name for worker in workers)])
    return supervisor.code


@dataclass(slots=True)
class _Supervisor:
    environment: Mapping[str, str]
    state: Path | None
    stopping: asyncio.Event = field(default_factory=asyncio.Event)
    code: int = 0

    async def keep(self, worker: Worker) -> None:
        """Run one worker, again and again."""
        wait_s, refusals, worked = FIRST_WAIT_S, 0, False
        while not self.stopping.is_set():
            started = time.monotonic()
            process = await worker.start(self.environment)
            self.note(worker.name, process.pid)
            log.info("worker.started", worker=worker.name, pid=process.pid)
            await self._until_over(process)
            if self.stopping.is_set():
                await end(process)
                log.info("worker.stopped", worker=worker.name)
                return
            refusals = refusals + 1 if process.returncode == MISCONFIGURED else 0
            if refusals and (not worked or refusals == REFUSALS):
                self.code = MISCONFIGURED
                self.stopping.set()
                return
            worked = worked or not refusals
            wait_s = FIRST_WAIT_S if time.monotonic() - started > HEALTHY_S else wait_s
            log.warning("worker.ended", worker=worker.name, code=process.returncode, restart_in_s=wait_s)
            await self._pause(wait_s)
            wait_s = min(wait_s * 2, LONGEST_WAIT_S)

    async def _until_over(self, process: Process) -> None:
        """Return when the child has ended or we are to stop."""
        waits = [asyncio.create_task(process.wait()), asyncio.create_task(self.stopping.wait())]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def _pause(self, wait_s: float) -> None:
        """Wait, but not beyond the order to stop."""
        try:
            await asyncio.wait_for(self.stopping.wait(), wait_s)
        except TimeoutError:
            return

    def forget(self, names: Sequence[str]) -> None:
        """Take pids of what has ended out of the state file."""
        if self.state:
            state_file.forget(self.state, names)

    def note(self, name: str, pid: int) -> None:
        """Enter a pid into the state file, when there is one."""
        if self.state:
            state_file.note(self.state, {name: pid})
