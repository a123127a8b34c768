"""What moves: the commands that write, and the writing calls that took effect. When all is equal, nothing does."""

from __future__ import annotations

import time
from collections import Counter

from console.read_model import read_records
from sandbox.chaos.evidence import calls_of
from sandbox.chaos.system import System
from schemas.flows import SIDES
from schemas.records import Command
from streams.topics import COMMANDS

SILENCE_S = 4.0
"""Several polls: an echo would have come round."""


class Moves:
    """What has moved since this was made."""

    def __init__(self, system: System) -> None:
        """Begin to count."""
        self._system = system
        self._before = self._count()

    def since(self) -> list[str]:
        """Return a sentence for each kind of thing that moved."""
        now = self._count()
        return [f"{now[name] - count} {name}" for name, count in self._before.items() if now[name] != count]

    def _count(self) -> dict[str, int]:
        settings = self._system.stack.settings
        commands = {
            f"commands for {side}": sum(one.op != "read" for one in read_records(settings, COMMANDS[side], Command)) for side in SIDES
        }
        writes = Counter({f"writes in {side}": 0 for side in SIDES})
        for server in self._system.servers:
            writes[f"writes in {server.side}"] += len(calls_of(server))
        return commands | writes


def silence(system: System, seconds: float = SILENCE_S) -> list[str]:
    """Watch for a while; return what moved."""
    moves = Moves(system)
    time.sleep(seconds)
    return moves.since()
