"""Rows that come to count while there are links: the account got a custom field, or the mapping a row.

Of such a row nothing is known on either side, whatever else is known of a record. So both sides are read again, and until that was done
a version proves nothing about the field: a write is not made on the strength of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from schemas.flows import Flow, Side
from schemas.records import Control
from streams.mapping.rows import Row
from streams.sync import rows
from streams.sync.state import Ids, Link, Young
from streams.sync.turn import Turn

BY: Final = "keapsync"
CLOCKS_MS: Final = 5_000
"""Reads and the start are timed on two hosts: a read is later than the start only when it is later by more than this."""


def notice(turn: Turn) -> None:
    """Note which rows count from now on; of flows with a new one, ask for everything both sides show."""
    counting = {name_of(flow, row): flow for flow, one in turn.context.mapping.items() for row in one.rows}
    key = rows.counting_key(turn.connection)
    noted = turn.get(key, Ids)
    if noted is not None and noted.ids == [*counting]:
        return
    # Tables from before this was noted knew every row but the optional ones.
    before = set(noted.ids) if noted else counting.keys() - _optional(turn)
    new = [name for name in counting if name not in before] if turn.progress().snapshots else []
    young = {name: since for name, since in _young(turn).items() if name in counting} | dict.fromkeys(new, turn.now)
    turn.put(rows.young_key(turn.connection), Young(young))
    turn.put(key, Ids([*counting]))
    for flow in dict.fromkeys(counting[name] for name in new):
        turn.decision.requests.append(_again(turn, flow))


def proven(turn: Turn, link: Link, side: Side, names: Iterable[str]) -> bool:
    """Tell whether what is known of a side was read while all these rows counted."""
    young, mapping = _young(turn), turn.mapping(link.flow)
    known_at = link.side(side).known_at
    return not young or all(known_at > young.get(name_of(link.flow, mapping.row(name)), 0) + CLOCKS_MS for name in names)


def _young(turn: Turn) -> dict[str, int]:
    row = turn.get(rows.young_key(turn.connection), Young)
    return row.since if row else {}


def name_of(flow: Flow, row: Row) -> str:
    """Name a row by what it joins: one that joins something else is another."""
    return f"{flow}/{row.keap}/{row.erp}"


def _optional(turn: Turn) -> set[str]:
    return {name_of(flow, row) for flow, one in turn.context.mapping.items() for row in one.rows if row.optional}


def _again(turn: Turn, flow: Flow) -> Control:
    request = rows.command_id(f"{turn.connection}/{flow}/again", "keap", turn.now)
    return Control(request, turn.connection, "sweep", {"flow": flow, "again": "true"}, BY, turn.now)
