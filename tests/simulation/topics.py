"""The topics between the stages, as logs; what was published stays for ever, unless everything is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Final

from schemas.flows import SIDES, Side
from schemas.records import Command, JournalEntry
from streams.sync.decide import Event
from streams.sync.turn import Letter

INPUTS: Final = ("changes", "outcomes", "control")
LAGGING: Final = 10
"""How many events a crash may deliver again."""


@dataclass(slots=True)
class Topics:
    """One partition of each."""

    events: dict[str, list[Event]] = field(default_factory=lambda: {name: [] for name in INPUTS})
    position: dict[str, int] = field(default_factory=lambda: dict.fromkeys(INPUTS, 0))
    """Of the deciding agent."""
    committed: dict[str, int] = field(default_factory=lambda: dict.fromkeys(INPUTS, 0))
    """Up to where its transactions went."""
    commands: dict[Side, list[Command]] = field(default_factory=lambda: {side: [] for side in SIDES})
    journal: list[JournalEntry] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    watch: Callable[[str, object], None] = lambda *_: None
    """Told of everything that is published: (topic, record)."""

    def send(self, name: str, events: Iterable[Event]) -> None:
        """Append events to an input of the deciding agent."""
        for event in events:
            self.events[name].append(event)
            self.watch(name, event)

    def publish(self, commands: list[Command], journal: list[JournalEntry], letters: list[Letter]) -> None:
        """Append what a transaction of the deciding agent carries."""
        for entry in journal:
            self.watch("journal", entry)
        for command in commands:
            self.commands[command.side].append(command)
            self.watch("commands", command)
        self.journal += journal
        self.letters += letters

    def take(self, random: Random, size: int) -> list[Event]:
        """Return the next events, each topic in its order, the topics interleaved by chance."""
        names = [name for name in INPUTS if self.position[name] < len(self.events[name])]
        taken: list[Event] = []
        while names and len(taken) < size:
            name = random.choice(names)
            for _ in range(random.randrange(1, 5)):
                if self.position[name] < len(self.events[name]):
                    taken.append(self.events[name][self.position[name]])
                    self.position[name] += 1
            names = [name for name in INPUTS if self.position[name] < len(self.events[name])]
        return taken

    def waiting(self) -> bool:
        """Tell whether an input has more to read."""
        return any(self.position[name] < len(self.events[name]) for name in INPUTS)

    def redeliver(self, random: Random) -> None:
        """Go back to the acknowledged offsets, which lag behind the transactions."""
        for name in INPUTS:
            self.position[name] = self.committed[name] = max(0, self.committed[name] - random.randrange(LAGGING))

    def forget(self) -> None:
        """Lose all records; the journal is the judge's."""
        for name in INPUTS:
            self.events[name].clear()
            self.position[name] = self.committed[name] = 0
        for side in SIDES:
            self.commands[side].clear()
