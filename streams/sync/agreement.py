"""Both sides say the same: an agreement only where neither can have moved on before the other said so; else that side is read again."""

from __future__ import annotations

from schemas.flows import Side, Value, other
from streams.mapping.rows import Row
from streams.sync.fields import agree, agreed, hold
from streams.sync.state import Link
from streams.sync.turn import Turn


def confirm(turn: Turn, link: Link, row: Row, side: Side, value: Value, at: int) -> None:
    """Both sides say the same; who may have moved on before the other said so holds it only when it was read again."""
    said, two = agreed(link, row.name), other(side)
    doubted = [each for each, edited_at in ((side, said.at), (two, at)) if may_show_more(turn, link, each, edited_at)]
    if two in doubted:
        agree(link, row, value, max(at, said.at), side)
    if side in doubted:
        link.side(side).held[row.name] = said.rev - 1
    elif two not in doubted:
        hold(link, side, row, said.rev)
    for each in doubted:
        link.side(each).reread = True


def may_show_more(turn: Turn, link: Link, side: Side, edited_at: int) -> bool:
    """Tell whether a side may show something else by now that was there before an edit of the other side."""
    state = link.side(side)
    return state.id is not None and not state.gone and edited_at > turn.context.proven_at(side, state.known_at)
