"""One supervised child process: what it runs and how it is started and ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from dataclasses import dataclass
from subprocess import PIPE
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import Mapping

STOP_S: Final = 30
"""Seconds a child gets after SIGTERM: more than the engine takes to drain; then it is killed, which costs redeliveries only."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A child by name, and the command that runs it."""

    name: str
    command: tuple[str, ...]

    async def start(self, environment: Mapping[str, str]) -> Process:
        """Start the process; its standard input closes when we are gone, its output is ours."""
        surroundings = {**os.environ, **environment}
        return await asyncio.create_subprocess_exec(*self.command, stdin=PIPE, env=surroundings, start_new_session=True)


def _keapsync(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "console", *arguments, "--supervised")


WORKERS: Final = (
    Worker("capture", _keapsync("capture")),
    Worker("sync", _keapsync("sync")),
    Worker("write-keap", _keapsync("write", "keap")),
    Worker("write-erp", _keapsync("write", "erp")),
)


async def end(process: Process) -> None:
    """Stop a child in order, or kill it when it takes too long."""
    if process.returncode is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
