"""What moves: the commands that write, and the writing calls that took effect. When all is equal, nothing does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from console.read_model import read_links, read_records
from sandbox.chaos.evidence import calls_of
from sandbox.chaos.system import System
from sandbox.demo.quiet import unsettled
from schemas.flows import SIDES
from schemas.records import Command
from streams.clock import now_ms
from streams.topics import COMMANDS

RECENT_MS = 30_000
"""What had a command within this time still moves."""


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


def still_moving(system: System) -> list[str]:
    """Return a sentence per record that had a command just now, the busiest first, and per link that is unsettled."""
    settings, since, links = system.stack.settings, now_ms() - RECENT_MS, read_links(system.stack.settings)
    names = {link.id: f"{link.connection} {link.flow} {link.id}" for link in links.all}
    return [*movers((each for side in SIDES for each in read_records(settings, COMMANDS[side], Command)), since, names), *unsettled(links)]


def movers(commands: Iterable[Command], since: int, names: Mapping[str, str]) -> list[str]:
    """Return a sentence per record that had commands since an instant (ms), the busiest first; `names`: link -> what to call it."""
    recent = [command for command in commands if command.issued_at >= since]
    last = {command.link: f"{command.op} {command.side} {command.fields}" for command in recent}
    counted = Counter(command.link for command in recent).most_common()
    return [f"{names.get(link, link)} still moves: {count} commands, the last one {last[link]}" for link, count in counted]
