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
    """Note a deletion, when a create that was issued before may have made its record."""
    departed = turn.progress().departed
    began = [issued_at for _, issued_at in creating(turn, change.side, change.flow)]
    for known, read_at in list(departed.items()):
        if known.startswith(ref(change.flow, change.side, "")) and not any(issued_at <= read_at for issued_at in began):
            del departed[known]
    if any(issued_at <= change.read_at for issued_at in began):
        departed[change.ref] = change.read_at


def recall(turn: Turn, flow: Flow, side: Side, record: str) -> bool:
    """Tell whether a record that a create has brought was reported as gone already."""
    return turn.progress().departed.pop(ref(flow, side, record), None) is not None
