"""Link ids in pages of 100: sets (who shares a match key) and queues (who waits for a gate)."""

from __future__ import annotations

from typing import Final

from streams.sync.rows import match_key, queue_key
from streams.sync.state import Ids, Queue
from streams.sync.turn import Turn

PAGE: Final = 100
"""Ids a row: about 4 kB, so that adding one to a large set stays cheap."""


def add(turn: Turn, key: str, link_id: str) -> None:
    """Add a link to a set."""
    if holds(turn, key, link_id):
        return
    head = _page(turn, key, 0)
    last = _page(turn, key, head.more)
    if len(last.ids) >= PAGE:
        head.more += 1
        last = _page(turn, key, head.more)
    last.ids.append(link_id)


def discard(turn: Turn, key: str, link_id: str) -> None:
    """Take a link out of a set; the last id fills its place."""
    head = _page(turn, key, 0)
    for number in range(head.more + 1):
        page = _page(turn, key, number)
        if link_id not in page.ids:
            continue
        last = _page(turn, key, head.more)
        moved = last.ids.pop()
        if moved != link_id:
            page.ids[page.ids.index(link_id)] = moved
        if not last.ids and head.more:
            head.more -= 1
        return


def members(turn: Turn, key: str) -> list[str]:
    """Return the set's first page: enough to tell none, one and several."""
    return list(_page(turn, key, 0).ids)


def holds(turn: Turn, key: str, link_id: str) -> bool:
    """Tell whether a link is in a set."""
    return any(link_id in _page(turn, key, number).ids for number in range(_page(turn, key, 0).more + 1))


def push(turn: Turn, gate: str, link_id: str) -> None:
    """Put a link at the end of a gate's queue."""
    head = _head(turn, gate)
    page = _queue_page(turn, gate, head.last)
    if len(page.ids) >= PAGE:
        head.last += 1
        page = _queue_page(turn, gate, head.last)
    page.ids.append(link_id)
    head.length += 1


def pop(turn: Turn, gate: str) -> str | None:
    """Take the link that waits longest; None when nobody waits."""
    head = _head(turn, gate)
    if not head.length:
        return None
    page = _queue_page(turn, gate, head.first)
    link_id = page.ids.pop(0)
    head.length -= 1
    if not page.ids and head.first < head.last:
        head.first += 1
    elif not head.length:
        head.first = head.last = 0
    return link_id


def waiting(turn: Turn, gate: str) -> int:
    """Return how many stand in a gate's queue."""
    head = turn.get(queue_key(turn.connection, gate), Queue)
    return head.length if head else 0


def _page(turn: Turn, key: str, number: int) -> Ids:
    return _ids(turn, match_key(turn.connection, key, number))


def _queue_page(turn: Turn, gate: str, number: int) -> Ids:
    return _ids(turn, queue_key(turn.connection, gate, number))


def _ids(turn: Turn, key: bytes) -> Ids:
    row = turn.get(key, Ids)
    if row is None:
        row = Ids()
        turn.put(key, row)
    return row


def _head(turn: Turn, gate: str) -> Queue:
    key = queue_key(turn.connection, gate)
    row = turn.get(key, Queue)
    if row is None:
        row = Queue()
        turn.put(key, row)
    return row
