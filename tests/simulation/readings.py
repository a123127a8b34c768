"""What the core was shown: the readings it took in, not those it put aside or another overtook."""

from __future__ import annotations

from typing import Final

from schemas.flows import Side
from tests.simulation.ended import Ended
from tests.simulation.oracle import Write
from tests.simulation.world import Connection

SECOND_MS: Final = 1_000
"""Rounded times are up to so much later."""


def was_shown(ended: Ended, one: Connection, side: Side, record: str, path: str, write: Write, until: Write) -> bool:
    """Tell whether a reading that was taken in showed what somebody had put into a field before he took it back."""
    offers = one.systems[side].offers
    taken = ended.world.agent.taken[one.name, side, record]
    edited = [change.updated_at - offers.skew_ms for change in taken if change.updated_at and change.fields.get(path) == write.value]
    again = [each.at for each in one.oracle.history[side, record, path] if each.number > until.number and each.value == write.value]
    until_ms = min([until.at + (SECOND_MS if offers.rounded else 0), *again])
    return any(write.at <= at < until_ms for at in edited)


def known_before(ended: Ended, one: Connection, side: Side, record: str, path: str, edit: Write) -> list[Write]:
    """Return what stood in a field before an edit, without what somebody typed last and no reading showed."""
    before, until = one.oracle.before(edit, side, record, path), edit
    while before and before[-1].human and not was_shown(ended, one, side, record, path, before[-1], until):
        until = before.pop()
    return before
