"""Waiting for quiet ends, also where nothing comes to rest."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from sandbox.demo.processes import Processes
from sandbox.demo.quiet import Ends, RestlessError, Stillness
from sandbox.demo.servers import on_free_ports
from sandbox.demo.stack import Stack
from streams.settings import Settings


@dataclass
class Growing(Ends):
    """Topics that grow at every look."""

    sizes: itertools.count[int] = field(default_factory=itertools.count)

    def look(self) -> int:
        """Return another end each time."""
        return next(self.sizes)


@dataclass(slots=True)
class Idle:
    """A server that nobody writes to."""

    def read_log(self) -> int:
        """Return the number of the newest call."""
        return 0


def test_what_goes_on_moving_is_told_in_time(tmp_path: Path) -> None:
    """An echo without end would keep anybody waiting who waits for quiet."""
    keap, erp = on_free_ports()
    stack = Stack(tmp_path, tmp_path / "state.json", own_broker=True, kafka="", keap=keap, erp=erp, processes=Processes(tmp_path))
    stack.settings = Settings(kafka="127.0.0.1:9")
    calm = Stillness(stack, 1, lambda: None, rest_s=0.1)
    calm._ends, stack.keap, stack.erp = Growing(), Idle(), Idle()  # type: ignore[assignment]

    with pytest.raises(RestlessError, match="did not come to rest within 0 s"):
        calm.wait()
