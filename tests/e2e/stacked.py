"""The demo's parts as a test has them: in a folder of its own, with the settings it asks for, and what it looks at while they run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from console.read_model import Links, read_links
from console.read_model.surveys import read_surveys
from console.requests import request
from sandbox.broker.configuration import free_port
from sandbox.demo.processes import Processes
from sandbox.demo.servers import on_free_ports
from sandbox.demo.stack import CONNECTION, Stack
from schemas.errors import RetriableError
from schemas.flows import Flow, Side, entity_of
from streams.clock import now_ms
from streams.settings import load

WITHIN_S = 180
LOOK_S = 0.3
"""Between two looks: most read a whole topic, on the cores that what is waited for needs."""


@dataclass
class Stacked:
    """A running stack."""

    stack: Stack

    def until(self, holds: Callable[[], object]) -> None:
        """Wait for it; says what a process left in its log when one ended."""
        deadline = time.monotonic() + WITHIN_S
        while not _holds(holds):
            assert not (reason := self.stack.processes.ended()), reason
            assert time.monotonic() < deadline, {name: self.stack.processes.tail(name) for name in self.stack.processes.running}
            time.sleep(LOOK_S)

    @property
    def links(self) -> Links:
        """The link table."""
        return read_links(self.stack.settings)

    def sweep(self, side: Side, flow: Flow) -> None:
        """Ask for a sweep and wait for its end."""
        asked_at = now_ms()
        request(self.stack.settings, CONNECTION, "sweep", side=side, flow=flow)
        place = (side, entity_of(flow, side))
        self.until(
            lambda: any((each.swept_at or 0) > asked_at for each in read_surveys(self.stack.settings) if place == (each.side, each.entity))
        )


def _holds(holds: Callable[[], object]) -> bool:
    """Ask; topics just made have no leader for a moment."""
    try:
        return bool(holds())
    except RetriableError:
        return False


@contextmanager
def stack_in(folder: Path) -> Iterator[Stack]:
    """Yield a stack on free ports of which nothing runs yet; in the end nothing does any more."""
    keap, erp = on_free_ports("for-this-test")
    stack = Stack(folder, folder / "state.json", True, f"127.0.0.1:{free_port()}", keap, erp, Processes(folder / "logs"))
    try:
        yield stack
    finally:
        stack.end()


def settings_of(stack: Stack) -> dict[str, Any]:
    """Read the settings."""
    settings: dict[str, Any] = YAML(typ="safe").load(stack.config.read_text())
    return settings


def save(stack: Stack, settings: dict[str, Any]) -> None:
    """Write the settings."""
    with stack.config.open("w") as file:
        YAML().dump(settings, file)
    stack.settings = load(stack.config)
