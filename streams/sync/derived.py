"""What a create has from other records: an order's customer is its contact's, and the ERP refuses an order of another."""

from __future__ import annotations

from schemas.flows import Side, Value
from streams.mapping.rows import Row
from streams.sync.fields import agreed, canonical, holds
from streams.sync.state import Link
from streams.sync.turn import Turn


def derived(turn: Turn, link: Link, row: Row, target: Side) -> Value:
    """Return the value of a derived row: what the target shows of the referenced record, which is what it will hold it against."""
    parent = turn.link_of(_named(link, row))
    if row.derive is None or parent is None or parent.side(target).id is None:
        return None
    return canonical(parent, target, turn.mapping(parent.flow).row(row.derive[1]))


def unwritten(turn: Turn, link: Link, row: Row, target: Side) -> str | None:
    """Return the record a field derives from, while the target does not show yet what that record will say of it."""
    ref = _named(link, row)
    parent = turn.link_of(ref)
    source = turn.mapping(parent.flow).written[target].get(row.derive[1]) if parent and row.derive else None
    if parent is None or source is None:
        return None
    state = parent.side(target)
    stopped = state.blocked is not None or state.gone or source.name in (*state.refused, *parent.disputed, *parent.frozen)
    return None if stopped or holds(parent, target, source) else ref


def derivations(turn: Turn, link: Link, target: Side) -> dict[str, Value]:
    """Return the ids on the target that a create has from other records, as these are known now: field -> id."""
    found: dict[str, Value] = {}
    for row in turn.mapping(link.flow).rows:
        if row.derive and row.writes(target):
            named = turn.link_of(_text(derived(turn, link, row, target)))
            found[row.name] = named.side(target).id if named and not named.side(target).gone else None
    return found


def told(turn: Turn, link: Link, target: Side) -> dict[str, Value]:
    """Return what a create has from other records, and as of when the records that tell it were known: field -> id, record -> when."""
    found = derivations(turn, link, target)
    for row in turn.mapping(link.flow).rows:
        if parent := turn.link_of(_named(link, row)):
            found[parent.id] = parent.side(target).updated_at
    return found


def told_by(turn: Turn, link: Link, target: Side) -> list[str]:
    """Return the records that tell what a create has from others: the one it names, and the one that names."""
    rows = [row for row in turn.mapping(link.flow).rows if row.derive]
    refs = (ref for row in rows for ref in (_named(link, row), _text(derived(turn, link, row, target))))
    return [ref for ref in refs if ref is not None]


def _named(link: Link, row: Row) -> str | None:
    """Return the ref of the record that a field derives from."""
    return _text(agreed(link, row.derive[0]).value) if row.derive else None


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
