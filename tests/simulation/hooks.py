"""Hooks: each system tells of what happened to its records, by a way that loses words, repeats them and brings them late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random
from typing import Final

from schemas.flows import Side
from streams.capture.recover import Place
from tests.simulation.clock import Clock
from tests.simulation.systems import Stored, System

GRACE_MS: Final = 8_000
"""How long capture waits for a hook before it counts it as missing."""
TRUST_MS: Final = 10_000
"""How long hooks have to miss nothing: an hour is more than a world lasts, and none would ever be relied on."""
LATE_MS: Final = 20_000


@dataclass(slots=True)
class Hooks:
    """The words under way."""

    clock: Clock
    random: Random
    words: list[tuple[int, Place, str]] = field(default_factory=list)
    """(when it arrives, whose flow, id)"""
    troubled: int = 0
    """Words that were lost or came late: those of them that tell of a change are missing."""

    def listen(self, name: str, side: Side, system: System) -> None:
        """Subscribe to a system."""
        system.changed = partial(self._announce, name, side)

    def _announce(self, name: str, side: Side, record: Stored) -> None:
        fate = self.random.random()
        if fate < 0.2:
            self.troubled += 1
            return
        late = fate < 0.35
        self.troubled += late
        for _ in range(2 if fate > 0.85 else 1):
            at = self.clock.now + self.random.randrange(LATE_MS if late else 300)
            self.words.append((at, (name, side, record.flow), record.id))

    def deliver(self, tell: Callable[[Place, str, int], None]) -> None:
        """Bring what has arrived by now."""
        now = self.clock.now
        for at, place, record in self.words:
            if at <= now:
                tell(place, record, at)
        self.words = [word for word in self.words if word[0] > now]
