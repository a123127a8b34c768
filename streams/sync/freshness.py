"""Does a change tell something newer than what is known of its side? If that cannot be told, the record is read, never guessed at."""

from __future__ import annotations

from typing import Literal

from schemas.records import Change
from streams.sync.state import SideState

Verdict = Literal["fresh", "stale", "unsure"]


def judge(state: SideState, change: Change, *, lag: int, rounded: int) -> Verdict:
    """Judge a change against what is known of its side.

    Args:
        state: what is known; of a side nobody has seen yet everything is fresh.
        lag: how long a read may show an older state after a write (ms).
        rounded: how far a shown time may lie from the true one (ms). Keap rounds reads up to whole seconds and answers writes with
            milliseconds, so times within it of each other tell nothing.
    """
    if state.known_at == 0:
        return "fresh"
    if state.gone and change.op == "upsert":  # of a deletion no version may be known
        return "stale" if change.read_at <= state.known_at else "unsure"
    if change.version is not None and state.version is not None and change.version != state.version:
        return "fresh" if change.version > state.version else "stale"
    if change.op == "delete":
        proved = change.read_at > max(state.known_at, state.updated_at or 0) + lag
        return "fresh" if proved else "unsure"
    return _by_time(state, change, lag, rounded)


def _by_time(state: SideState, change: Change, lag: int, rounded: int) -> Verdict:
    later = (change.updated_at or 0) - (state.updated_at or 0) if change.updated_at and state.updated_at else 0
    if abs(later) > rounded:
        return "fresh" if later > 0 else "stale"
    if change.read_at > state.known_at + lag or (change.version is not None and change.version == state.version):
        return "fresh"
    if change.read_at <= state.known_at and not state.written:
        return "stale"
    return "unsure"
