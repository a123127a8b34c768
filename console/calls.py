"""Foretell how many API calls a day reading takes, so that nobody is surprised by a quota."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.flows import FLOWS, SIDES
from streams.accounts import account_of
from streams.capture.plan import DAY_S, calls_per_day
from streams.hooks.watch import WATCH_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemas.flows import Side
    from streams.settings import ConnectionSettings, Settings


def foretold(settings: Settings) -> Iterator[str]:
    """Yield a sentence per account."""
    for name, connection in settings.connections.items():
        for side in SIDES:
            yield f"{name}: {side}: {_account(connection, side)}"


def _account(connection: ConnectionSettings, side: Side) -> str:
    account = account_of(connection, side)
    flows = sum(connection.enabled(flow) for flow in FLOWS)
    idle, busy = calls_per_day(account.poll_s, account.sweep_s, flows)
    watch = f"; its hooks are looked at {DAY_S / WATCH_S:,.0f} times a day" if account.hooks else ""
    if (ours := account.polls_per_day) is None:
        return f"polls take about {idle:,.0f} calls a day, {busy:,.0f} at most; a sweep takes one for each page of records{watch}"
    return f"polls take about {min(idle, ours):,.0f} calls a day, {min(busy, ours):,.0f} at most, of {account.calls_per_day:,} a day{watch}"
