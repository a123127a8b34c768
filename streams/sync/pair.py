"""Two halves become one pair, and a pair two halves again."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from schemas.flows import SIDES, Side, Value, other
from streams.mapping.rows import Row
from streams.sync.agreement import confirm
from streams.sync.disputes import dispute
from streams.sync.fields import agree, agreed, alike, canonical, hold, holds, ref_of, refs_of, same, seen, show
from streams.sync.index import keys_of
from streams.sync.merge import winner
from streams.sync.pages import add, discard
from streams.sync.rows import link_id
from streams.sync.state import Agreed, Link, SideState
from streams.sync.turn import Turn, living

Said = dict[Side, Agreed]
"""What each half says of one field."""


def join(turn: Turn, keap: Link, erp: Link, rule: str) -> Link:
    """Make one pair of two halves; the Keap half's link stays, the ERP half's is dropped.

    Per field (per group) an empty value loses, else the row's policy picks; the losing values are journaled.
    """
    rows = turn.mapping(keap.flow).rows
    _unindex(turn, keap)
    _unindex(turn, erp)
    _outlive(turn, keap, "keap")
    _outlive(turn, erp, "erp")
    said: dict[str, Said] = {row.name: {"keap": agreed(keap, row.name), "erp": agreed(erp, row.name)} for row in rows}
    shown = {row.name: {"keap": seen(keap, "keap", row), "erp": seen(erp, "erp", row)} for row in rows}
    inherit(turn, keap, erp)
    keap.erp = erp.erp
    keap.agreed, keap.keap.seen, keap.erp.seen, keap.keap.held, keap.erp.held = {}, {}, {}, {}, {}
    keap.keap.refused, keap.erp.refused = {}, {}
    for group in _groups(rows):
        _first(turn, keap, group, said)
    for row in rows:
        for side in SIDES:
            show(keap, side, row, shown[row.name][side])
    keap.keap.deferred = keap.erp.deferred = None  # it was kept for the outcome of a create that is out of the question now
    _become_linked(turn, keap)
    turn.point(ref_of(keap, "erp") or "", keap)
    turn.journal(keap, "linked", f"by {rule}: {' and '.join(refs_of(keap))}")
    return keap


def inherit(turn: Turn, link: Link, dropped: Link) -> None:
    """Drop a link that another absorbs: whoever refers to a record it once had refers to the other from now on."""
    for ref in dropped.former:
        if turn.link_of(ref) is dropped:
            turn.point(ref, link)
    link.former, link.merged = link.former + dropped.former, link.merged | dropped.merged
    turn.drop_link(dropped)


def part(turn: Turn, link: Link) -> Link:
    """Make two halves of a pair; the ERP half gets a link of its own. Both stay as they are until an operator decides."""
    _unindex(turn, link)
    erp_ref = ref_of(link, "erp") or ""
    turn_id = link_id(turn.connection, erp_ref)
    half = Link(turn_id if turn.link(turn_id) is None else link_id(turn.connection, f"{erp_ref}#{link.rev}"), link.connection, link.flow)
    half.erp, half.agreed, half.rev, half.seq = link.erp, dict(link.agreed), link.rev, link.seq
    link.erp = SideState()
    link.former.append(erp_ref)
    if link.state == "linked":
        turn.progress().pairs[link.flow] -= 1
    turn.add_link(half)
    turn.point(erp_ref, half)
    _speak_for_itself(turn, link, "keap")
    _speak_for_itself(turn, half, "erp")
    for one in (link, half):
        one.keap.blocked = one.erp.blocked = None
        one.keap.retire = one.erp.retire = None  # what was to become of a twin
        one.state, one.pinned, one.reason, one.bulk = "review" if any(living(one)) else "orphan", True, "unlinked by an operator", False
        for side in SIDES:
            for key in keys_of(turn, one, side):
                add(turn, key, one.id)
    link.candidates, half.candidates = refs_of(half), refs_of(link)
    turn.journal(link, "unlinked", f"{' and '.join(refs_of(link))} from {erp_ref}")
    return half


def _outlive(turn: Turn, half: Link, side: Side) -> None:
    """Let a half whose own twin is gone speak for itself; the gone record is a former one from now on."""
    if (gone := ref_of(half, other(side))) is not None:
        _speak_for_itself(turn, half, side)
        half.side(side).retire = "activate" if half.side(side).retired else None  # it has a twin again
        half.former.append(gone)
        half.merged[gone] = half.side(other(side)).known_at


def _speak_for_itself(turn: Turn, half: Link, side: Side) -> None:
    """Let a half say what its record shows, where the pair's word never reached it; any other half's word is newer than that."""
    for row in turn.mapping(half.flow).rows:
        if not holds(half, side, row) or _withheld(half, side, row):
            native = seen(half, side, row)
            agree(half, row, canonical(half, side, row), 0, side)
            show(half, side, row, native)


def _withheld(half: Link, side: Side, row: Row) -> bool:
    """Tell whether a side that counts as holding what is agreed shows something else, the habits of its storage forgiven."""
    if row.path(side) is None or row.kind.reference or row.name in half.side(side).unmapped:
        return False
    return not alike(row, canonical(half, side, row), agreed(half, row.name).value)


def bind(turn: Turn, link: Link, side: Side, record: str) -> None:
    """Give a link its record on a side, of which nothing is known yet; it is a pair from now on when the other side has one."""
    _unindex(turn, link)
    state = link.side(side)
    if state.id is not None and state.id != record:
        link.former.append(ref_of(link, side) or "")
    state.id = record
    turn.point(ref_of(link, side) or "", link)
    for row in turn.mapping(link.flow).rows if link.agreed else ():
        if agreed(link, row.name).value is not None:
            show(link, side, row, None)
            hold(link, side, row, 0)
    twin = link.side(other(side))
    if twin.id is not None and not twin.gone:
        _become_linked(turn, link)
    else:
        _index(turn, link)


def _become_linked(turn: Turn, link: Link) -> None:
    if link.state != "linked":
        pairs = turn.progress().pairs
        pairs[link.flow] = pairs.get(link.flow, 0) + 1
    link.state, link.gate, link.reason, link.pinned = "linked", None, None, False
    link.gates, link.candidates = [], []
    _index(turn, link)


def _index(turn: Turn, link: Link) -> None:
    for side in SIDES:
        for key in keys_of(turn, link, side):
            add(turn, key, link.id)
            turn.tightened.add(key)


def _unindex(turn: Turn, link: Link) -> None:
    for side in SIDES:
        for key in keys_of(turn, link, side):
            discard(turn, key, link.id)
            turn.loosened.add(key)


def _groups(rows: tuple[Row, ...]) -> Iterator[list[Row]]:
    def group(row: Row) -> str:
        return row.group or f" {row.name}"

    for _, members in groupby(sorted(rows, key=group), key=group):
        yield list(members)


def _first(turn: Turn, link: Link, group: list[Row], said: dict[str, Said]) -> None:
    """Agree on a group of two existing records: where both say something and differ, one side's whole group stands."""
    won: Side | None = None
    for row in group:
        one, two = said[row.name]["keap"], said[row.name]["erp"]
        if one.value is not None and two.value is not None and not same(turn, row, one.value, two.value):
            won = winner(turn, link, row, ("keap", one.at, one.value), ("erp", two.at, two.value))
            break
    for row in group:
        _agree_first(turn, link, row, said[row.name], won)
    if won and group[0].policy == "manual":
        dispute(turn, link, group)


def _agree_first(turn: Turn, link: Link, row: Row, said: Said, won: Side | None) -> None:
    source: Side | None = None if row.direction == "both" else "keap" if row.direction == "to_erp" else "erp"
    full: Side = "keap" if said["keap"].value is not None else "erp"
    side = source or won or full
    chosen, rival = said[side], said[other(side)]
    equal = same(turn, row, chosen.value, rival.value)
    if chosen.value is None and (equal or source):
        return
    agree(link, row, chosen.value, chosen.at, side)
    if row.create_only or row.derive:
        hold(link, other(side), row, link.rev)
    elif equal:
        confirm(turn, link, row, other(side), rival.value, rival.at)
    elif rival.value is not None:
        turn.journal(link, "conflict", "first link", side=side, field=row.name, won=_text(chosen.value), lost=_text(rival.value))


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
