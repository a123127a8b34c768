"""Everything `status` tells, counted once from links, cursors, dead letters and the consumer groups."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.read_model.budget import Budget, budget_warnings, read_budgets
from console.read_model.habits import habit_warnings, read_notes, waiting_rows
from console.read_model.lag import read_lag
from console.read_model.letters import sort_letters
from console.read_model.links import Links, read_links, waits_for
from console.read_model.records import read_records
from console.read_model.surveys import read_surveys, survey_warnings
from console.read_model.warnings import clock_warnings, token_warnings
from schemas.records import Command, Cursor, DeadLetter
from streams.clock import now_ms
from streams.topics import CURSORS, DEAD_LETTERS

if TYPE_CHECKING:
    from schemas.flows import Side
    from streams.settings import Settings
    from streams.sync.state import Link

OVERDUE_MS: Final = 15 * 60 * 1000
"""A command unanswered for so long is named: its worker is down, or its call hangs (design: writes end within minutes)."""


@dataclass(frozen=True, slots=True)
class Status:
    """Where everything stands."""

    at: int
    heads: tuple[Cursor, ...]
    """Of each connection, side and entity: when it was last polled, and the quota left."""
    lag: dict[str, int]
    """Stage -> records to do."""
    states: Counter[tuple[str, str]]
    """(flow, state) -> links."""
    waiting: Counter[tuple[str, str]]
    """(flow, gate) -> links."""
    dead_letters: Counter[tuple[str, str]]
    """(stage, error) -> letters that are open."""
    overdue: tuple[tuple[Link, Side, Command], ...]
    in_flight: int
    disputed: int
    """Fields that wait for `keapsync choose`."""
    frozen: int
    """Fields that wait for `keapsync thaw`."""
    budgets: tuple[Budget, ...] = ()
    """Of each API account that this host calls."""
    warnings: tuple[str, ...] = ()
    """Clocks that are off, tokens that nobody uses, scans that nobody believes, rows whose values are stored differently, open breakers."""
    notes: tuple[str, ...] = ()
    """What is worth knowing and no fault: optional rows that do not count."""


def read_status(settings: Settings) -> Status:
    """Read it all; raises RetriableError without a broker."""
    now, links, noted = now_ms(), read_links(settings), read_notes(settings)
    letters = sort_letters(read_records(settings, DEAD_LETTERS, DeadLetter), links)
    flights, heads, budgets = list(links.in_flight()), read_heads(settings), read_budgets(settings, now)
    return Status(
        at=now,
        heads=heads,
        lag=read_lag(settings),
        states=Counter((link.flow, link.state) for link in links.all),
        waiting=_waiting(links),
        dead_letters=Counter((letter.stage, letter.error) for letter in letters.open),
        overdue=tuple(flight for flight in flights if now - flight[2].issued_at > OVERDUE_MS),
        in_flight=len(flights),
        disputed=sum(len(link.disputed) for link in links.all),
        frozen=sum(len(link.frozen) for link in links.all),
        budgets=budgets,
        warnings=(
            *budget_warnings(budgets),
            *clock_warnings(heads),
            *token_warnings(settings, now),
            *survey_warnings(read_surveys(settings)),
            *habit_warnings(noted),
        ),
        notes=tuple(waiting_rows(settings, noted)),
    )


def read_heads(settings: Settings) -> tuple[Cursor, ...]:
    """Return where the pollers stand, by connection, side and entity."""
    newest = {cursor.key: cursor for cursor in read_records(settings, CURSORS, Cursor) if cursor.chunk == 0}
    return tuple(sorted(newest.values(), key=lambda head: (head.connection, head.side, head.entity)))


def _waiting(links: Links) -> Counter[tuple[str, str]]:
    waiting = ((link.flow, waits_for(link)) for link in links.all if link.state in ("half", "linked"))
    return Counter((flow, gate) for flow, gate in waiting if gate)
