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
    edited = [change.updated_at for change in taken if change.updated_at and change.fields.get(path) == write.value]
    late = {at: SECOND_MS if offers.rounded and at % SECOND_MS == 0 else 0 for at in edited}
    return any(write.at <= at - offers.skew_ms < until.at + late[at] for at in edited)
