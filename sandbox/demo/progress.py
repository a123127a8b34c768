"""What is going on, while it goes on: a bar per side on a terminal, a line per step everywhere."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from sandbox.demo.servers import Server
from schemas.flows import FLOWS


class Display:
    """Shows the steps of a demo and the records made on each side."""

    def __init__(self, out: Console) -> None:
        self.out = out
        self._started = time.monotonic()
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=out, transient=True, disable=not out.is_terminal)
        self._tasks: dict[str, TaskID] = {}

    def step(self, sentence: str) -> None:
        """Say what happens now."""
        self.out.print(f"[dim]{time.monotonic() - self._started:6.1f} s[/]  {sentence}", markup=True)

    def expect(self, wanted: dict[str, int]) -> None:
        """Show a bar per side, as long as the records that should be made there."""
        self._tasks = {side: self._bars.add_task(f"made in {side}", total=count) for side, count in wanted.items()}
        self._bars.start()

    def tick(self, *servers: Server) -> None:
        """Bring the bars up to date."""
        for server in servers:
            if server.side in self._tasks:
                self._bars.update(self._tasks[server.side], completed=sum(server.writes["POST", flow] for flow in FLOWS))

    def end(self) -> None:
        """Take the bars away."""
        self._bars.stop()
