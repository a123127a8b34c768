"""What hooks said of one flow: which records to read, and which changes nobody announced.

A hint is never believed, only followed: its record is read once every replica must show it. Polls count what they find without one,
once the hook has had its time to arrive.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

GRACE_MS: Final = 120_000
"""How late a hook may be by default: Keap delivers 30 to 60 s after the change, and again 30 to 60 s later ("REST hooks")."""
TRUST_MS: Final = 3_600_000
"""How long hooks have to come and miss nothing before they are relied on."""


@dataclass(slots=True)
class Hints:
    """The hints of one flow of one side; nothing of this outlives the process, polls find what is forgotten.

    Attributes:
        lag_ms: how long a read may show an older state.
        grace_ms: how late a hook may be.
        trust_ms: how long hooks have to miss nothing before they are relied on.
        arrived: set when there is a record to read.
    """

    lag_ms: int
    grace_ms: int = GRACE_MS
    trust_ms: int = TRUST_MS
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _waiting: dict[str, int] = field(default_factory=dict)
    """id -> when every replica shows what the hook was about (ms)."""
    _heard: dict[str, int] = field(default_factory=dict)
    """id -> when a hook spoke of it last."""
    _unheard: dict[str, int] = field(default_factory=dict)
    """id -> when a poll found a change that no hook had announced yet."""
    _since: int | None = None
    """When the first hook came since one was missed; None before."""

    def announce(self, record_id: str, at: int) -> None:
        """Take a hook's word; several about one record wait for the last."""
        self._waiting[record_id] = max(at + self.lag_ms, self._waiting.get(record_id, 0))
        self._heard[record_id] = at
        self._unheard.pop(record_id, None)
        self._since = at if self._since is None else self._since
        self.arrived.set()

    def due(self, now: int) -> list[str]:
        """Return the ids whose record can be read now."""
        return [record_id for record_id, at in self._waiting.items() if at <= now]

    def next_at(self) -> int | None:
        """Return when the next record can be read (ms), None when none waits."""
        return min(self._waiting.values(), default=None)

    def done(self, ids: Iterable[str], read_at: int) -> None:
        """Take ids that were read off the list, unless a hook spoke of them again."""
        for record_id in ids:
            if self._waiting.get(record_id, read_at) <= read_at:
                self._waiting.pop(record_id, None)
        if not self._waiting:
            self.arrived.clear()

    def found(self, ids: Iterable[str], now: int) -> None:
        """Note the records of which a poll found a change."""
        for record_id in ids:
            if self._heard.get(record_id, 0) < now - self.grace_ms:
                self._unheard.setdefault(record_id, now)

    def missed(self, now: int) -> int:
        """Return how many changes were found whose hook did not come in time; each is told once."""
        late = [record_id for record_id, at in self._unheard.items() if at < now - self.grace_ms]
        for record_id in late:
            del self._unheard[record_id]
        for record_id in [each for each, at in self._heard.items() if at < now - self.grace_ms]:
            del self._heard[record_id]
        if late:
            self._since = None
        return len(late)

    def reliable(self, now: int) -> bool:
        """Tell whether hooks come, and have missed nothing since the first of them, a while ago."""
        return self._since is not None and self._since + self.trust_ms <= now
