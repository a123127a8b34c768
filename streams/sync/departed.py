"""Deletions of records nobody has seen: one may be of the record that a create under way has made, whose outcome is still to come.

Remembered for as long as such a create is in flight; the record it brings is read once more before anything is built on it.
"""

from __future__ import annotations

from schemas.flows import Flow, Side
from schemas.records import Change
from streams.sync.fields import ref
from streams.sync.slots import creating
from streams.sync.turn import Turn


def remember(turn: Turn, change: Change) -> None:
    """Note a deletion while a create is under way that may have made its record.

    Whether it was issued before the reading began tells nothing: an answer shows what came after its request went out, too.
    """
    departed = turn.progress().departed
    if creating(turn, change.side, change.flow):
        departed[change.ref] = change.read_at
        return
    for known in [each for each in departed if each.startswith(ref(change.flow, change.side, ""))]:
        del departed[known]


def recall(turn: Turn, flow: Flow, side: Side, record: str) -> bool:
    """Tell whether a record that a create has brought was reported as gone already."""
    return turn.progress().departed.pop(ref(flow, side, record), None) is not None
