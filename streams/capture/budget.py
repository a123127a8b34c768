"""The calls of a day that reading may make on one API account, shared by its flows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from streams.capture.plan import least_s

DAY_MS: Final = 86_400_000


@dataclass(slots=True)
class Budget:
    """Counts calls by the day (UTC, when Keap's quota begins anew); a restart begins to count anew.

    Attributes:
        per_day: ours; None sets no bound of our own.
        flows: how many flows share it.
    """

    per_day: float | None = None
    flows: int = 0
    _day: int = 0
    _spent: int = 0

    def spend(self, calls: int, now: int) -> None:
        """Count calls."""
        self._begin(now)
        self._spent += calls

    def least_s(self, now: int) -> float:
        """Return how far apart a flow's polls have to be (seconds)."""
        if self.per_day is None:
            return 0.0
        self._begin(now)
        return least_s(self.per_day - self._spent, (DAY_MS - now % DAY_MS) / 1000, self.flows)

    def _begin(self, now: int) -> None:
        if now // DAY_MS != self._day:
            self._day, self._spent = now // DAY_MS, 0
