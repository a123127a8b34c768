"""What is known of an account's budget, and when the next call may go. Pure: the time is an argument (seconds since the epoch).

* Calls are spaced evenly: in no second do more go out than allowed (Keap's spike policy counts seconds and has no headers).
* A refusal without words halves the pace, each call that is answered brings it back a little (AIMD, as TCP does: RFC 5681).
* Of the day's quota a reserve is left to live traffic: bulk work stops at it, reading at half of it. When nothing is left, all wait.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec

from connectors.budget.errand import Priority
from connectors.budget.headers import Heard

REST_S: Final = 1.0
"""How long all calls rest after a refusal without words: the whole second that the spike policy counts."""
LEAST_PACE: Final = 1 / 16
RECOVERY: Final = 0.01
"""What each answered call gives back of the pace: at 4/s a halved one is whole again after a minute and a half."""
CATCH_UP_S: Final = 0.05
"""Sleeps are not that exact: a pace with shorter steps may make up for so much."""
CLAIM_S: Final = 0.5
"""How long it is known that somebody waits who goes first; they renew it while they do."""
STEPPED_S: Final = 5.0
"""A ledger from so far in the future is of a clock that was set back."""
KEPT: Final = {Priority.BEGUN: 0.0, Priority.LIVE: 0.0, Priority.READ: 0.5, Priority.BULK: 1.0}
"""Part of the reserve that is not for this one."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is configured.

    Attributes:
        per_second: calls a second at most; a server may lower it, never raise it.
        reserve_share: part of the day's quota that bulk work leaves.
    """

    per_second: float = 4
    reserve_share: float = 0.1


@dataclass(frozen=True, slots=True)
class Ticket:
    """Leave to make one call: when, and which call of all it is."""

    at: float
    number: int


@dataclass(frozen=True, slots=True)
class Stop:
    """Why no call of a priority may go before a time."""

    until: float
    reason: str


class Ledger(msgspec.Struct):
    """The state of one account. Times are seconds since the epoch.

    Attributes:
        at: when it was last changed.
        last_at: when the last call was due.
        held_until: no call begins before.
        allowed: calls a second, by the server; None while it says nothing.
        pace: part of the rate that is used.
        slowed_at: when the pace was last halved.
        granted: calls let go so far.
        left: of the day's quota, None while unknown.
        limit: the day's quota.
        day_ends_at: when it begins anew.
        claims: until when somebody of a priority is known to wait.
    """

    at: float = 0.0
    last_at: float = 0.0
    held_until: float = 0.0
    allowed: float | None = None
    pace: float = 1.0
    slowed_at: float = 0.0
    granted: int = 0
    left: int | None = None
    limit: int | None = None
    day_ends_at: float = 0.0
    claims: dict[int, float] = {}


def rate(ledger: Ledger, policy: Policy) -> float:
    """Return the calls a second that go out now."""
    allowed = policy.per_second if ledger.allowed is None else min(policy.per_second, ledger.allowed)
    return allowed * ledger.pace


def stop_of(ledger: Ledger, policy: Policy, priority: Priority, now: float) -> Stop | None:
    """Return what keeps a priority from calling at all, None when only the pace does."""
    stops = []
    if ledger.left is not None and ledger.day_ends_at > now:
        kept = (ledger.limit or 0) * policy.reserve_share * KEPT[priority]
        if ledger.left <= 0:
            stops.append(Stop(ledger.day_ends_at, "the day's quota is used up"))
        elif ledger.left <= kept:
            stops.append(Stop(ledger.day_ends_at, f"the day's last {ledger.left} calls are kept for what is more urgent"))
    if ledger.held_until > now:
        stops.append(Stop(ledger.held_until, "the server asked for a pause"))
    return max(stops, key=lambda stop: stop.until, default=None)


def take(ledger: Ledger, policy: Policy, priority: Priority, now: float) -> Ticket | float:
    """Let a call go, or return the seconds after which to ask again; call it only while nothing stops it."""
    ledger.last_at = min(ledger.last_at, now)
    step = 1 / rate(ledger, policy)
    due = ledger.last_at + step
    claimed = max((until for rank, until in ledger.claims.items() if rank < priority), default=0.0)
    if due > now or claimed > now:
        ledger.claims[priority] = max(due, now) + CLAIM_S
        return max(due - now, min(step, claimed - now))
    ledger.claims.pop(priority, None)
    ledger.last_at = max(due, now - CATCH_UP_S) if step < CATCH_UP_S else now
    ledger.granted += 1
    if ledger.left is not None:
        ledger.left -= 1
    return Ticket(now, ledger.granted)


def learn(ledger: Ledger, ticket: Ticket, heard: Heard, now: float) -> None:
    """Take in what the answer to a call said."""
    if heard.allowed is not None:
        ledger.allowed = heard.allowed
    if heard.quota.available is not None:
        # The server counted up to this call: those that went out since have to come off.
        ledger.left = heard.quota.available - (ledger.granted - ticket.number)
        ledger.limit, ledger.day_ends_at = heard.quota.limit, now + heard.day_s
    if heard.wait_s is not None:
        ledger.held_until = max(ledger.held_until, now + heard.wait_s)
    elif heard.refused:
        _slow(ledger, ticket, now)
    else:
        ledger.pace = min(1.0, ledger.pace + RECOVERY)


def forget_future(ledger: Ledger, now: float) -> Ledger:
    """Return the ledger, or one that knows nothing and rests when its times are of a clock that was set back."""
    return ledger if ledger.at <= now + STEPPED_S else Ledger(held_until=now + REST_S)


def _slow(ledger: Ledger, ticket: Ticket, now: float) -> None:
    """Halve the pace, once for all calls that were under way together."""
    ledger.held_until = max(ledger.held_until, now + REST_S)
    if ticket.at >= ledger.slowed_at:
        ledger.pace = max(LEAST_PACE, ledger.pace / 2)
        ledger.slowed_at = now
