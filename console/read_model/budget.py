"""What each account may still be called, from the books that this host's workers share; another host's are that host's to tell of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from connectors.budget import Priority
from connectors.budget.books import peek
from connectors.budget.ledger import rate, stop_of
from console.show import moment
from schemas.flows import SIDES
from streams.accounts import account_of, books_of, policy_of

if TYPE_CHECKING:
    from pathlib import Path

    from connectors.budget import Policy
    from connectors.budget.ledger import Ledger, Stop
    from streams.settings import Settings

WHO: Final = {Priority.LIVE: "everything waits", Priority.READ: "all but live writes wait", Priority.BULK: "backfill waits"}
WORTH_MS: Final = 30_000
"""A shorter stop is the pace's business."""


@dataclass(frozen=True, slots=True)
class Budget:
    """One account's.

    Attributes:
        left: of the day's quota; None where the server does not tell.
        limit: the day's quota.
        per_second: calls a second at the present pace.
        waits: who waits, why and until when; None while nobody does.
    """

    account: str
    left: int | None
    limit: int | None
    per_second: float
    waits: str | None


def read_budgets(settings: Settings, now: int) -> tuple[Budget, ...]:
    """Return the budget of every account that this host has called."""
    files: dict[Path, tuple[str, Policy]] = {}
    for name, connection in settings.connections.items():
        for side in SIDES:
            files.setdefault(books_of(settings, name, side), (f"{name}: {side}", policy_of(account_of(connection, side))))
    found = ((account, policy, peek(path)) for path, (account, policy) in files.items())
    return tuple(budget_of(account, policy, ledger, now) for account, policy, ledger in found if ledger)


def budget_of(account: str, policy: Policy, ledger: Ledger, now: int) -> Budget:
    """Return what a ledger comes to now (ms)."""
    today = ledger.day_ends_at * 1000 > now
    left, limit = (ledger.left, ledger.limit) if today else (None, None)
    stops = ((who, stop_of(ledger, policy, who, now / 1000)) for who in WHO)
    waits = next((_sentence(who, stop) for who, stop in stops if stop and stop.until * 1000 - now > WORTH_MS), None)
    return Budget(account, None if left is None else max(0, left), limit, rate(ledger, policy), waits)


def budget_warnings(budgets: tuple[Budget, ...]) -> list[str]:
    """Return a sentence per account that keeps somebody waiting."""
    return [f"{budget.account}: {budget.waits}" for budget in budgets if budget.waits]


def _sentence(who: Priority, stop: Stop) -> str:
    return f"{stop.reason}; {WHO[who]} until {moment(round(stop.until * 1000))}"
