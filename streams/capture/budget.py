"""The calls of a day that reading may make on one API account, shared by all flows of a partition that read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from schemas.flows import FLOWS, SIDES, Side
from streams.accounts import account_of, books_of
from streams.capture.plan import least_s
from streams.settings import Settings

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


def budgets_of(settings: Settings, connections: Iterable[str]) -> dict[tuple[str, Side], Budget]:
    """Return the budget of each (connection, side): connections that read the same account share one."""
    by_account: dict[Path, Budget] = {}
    found: dict[tuple[str, Side], Budget] = {}
    for name in connections:
        connection = settings.connections[name]
        for side in SIDES:
            budget = by_account.setdefault(books_of(settings, name, side), Budget(account_of(connection, side).polls_per_day))
            budget.flows += sum(connection.enabled(flow) for flow in FLOWS)
            found[name, side] = budget
    return found
