"""What a side shows, what it holds, what is agreed: the four ways a field of a link is read and changed."""

from __future__ import annotations

from schemas.errors import MappingError
from schemas.flows import SIDES, Flow, Side, Value, entity_of, other
from streams.mapping.rows import Row
from streams.sync.state import Agreed, Link
from streams.sync.turn import Turn

NEVER = Agreed(None, 0, 0, "erp")


def agreed(link: Link, name: str) -> Agreed:
    """Return what is agreed of a field; nothing, at revision 0, when nobody ever said anything."""
    return link.agreed.get(name, NEVER)


def seen(link: Link, side: Side, row: Row) -> Value:
    """Return the native value a side last showed."""
    shown = link.side(side).seen
    return shown[row.name] if row.name in shown else implied(link, side, row)


def implied(link: Link, side: Side, row: Row) -> Value:
    """Return the native value that needs no storing: the agreed one as this side writes it."""
    said = link.agreed.get(row.name)
    if said is None or said.value is None or row.kind.reference:
        return None
    try:
        return said.value if row.kind.verbatim(side, said.value) else row.kind.write(side, said.value)
    except MappingError:
        return None


def show(link: Link, side: Side, row: Row, native: Value) -> None:
    """Note what a side shows."""
    if implied(link, side, row) == native:
        link.side(side).seen.pop(row.name, None)
    else:
        link.side(side).seen[row.name] = native


def holds(link: Link, side: Side, row: Row) -> bool:
    """Tell whether a side has the agreed revision."""
    revision = link.side(side).held.get(row.name)
    return revision is None or revision >= agreed(link, row.name).rev


def hold(link: Link, side: Side, row: Row, revision: int) -> None:
    """Note which revision a side has."""
    if revision >= agreed(link, row.name).rev:
        link.side(side).held.pop(row.name, None)
    else:
        link.side(side).held[row.name] = revision


def agree(link: Link, row: Row, value: Value, at: int, side: Side) -> None:
    """Make `value` the newest revision, said by `side`; the other side keeps what it showed and held."""
    target = other(side)
    if link.side(target).id is not None:
        kept = seen(link, target, row)
        link.side(target).held.setdefault(row.name, agreed(link, row.name).rev)
        link.rev += 1
        link.agreed[row.name] = Agreed(value, link.rev, at, side)
        show(link, target, row, kept)
    else:
        link.rev += 1
        link.agreed[row.name] = Agreed(value, link.rev, at, side)
    hold(link, side, row, link.rev)


def canonical(link: Link, side: Side, row: Row) -> Value:
    """Return what a side shows, in canonical form; None when it cannot be told."""
    said = link.agreed.get(row.name)
    if said is not None and said.value is not None and row.name not in link.side(side).seen and row.kind.verbatim(side, said.value):
        return said.value
    try:
        return row.kind.read(side, seen(link, side, row))
    except MappingError:
        return None


def same(turn: Turn, row: Row, one: Value, two: Value) -> bool:
    """Tell whether two canonical values are equal: by the type's key, references through the index."""
    if one == two:
        return True
    if one is None or two is None:
        return False
    if row.kind.reference:
        return resolve(turn, one) == resolve(turn, two)
    return row.kind.key(one) == row.kind.key(two)


def alike(row: Row, one: Value, two: Value) -> bool:
    """Tell whether two canonical values of a row are equal, the habits of a side's storage forgiven."""
    if one is None or two is None or row.kind.reference:
        return one == two
    return row.kind.loose(one) == row.kind.loose(two)


def resolve(turn: Turn, ref: Value) -> Value:
    """Return the id of the link a ref belongs to, the ref itself while it belongs to none."""
    link = turn.link_of(str(ref))
    return link.id if link else ref


def ref_of(link: Link, side: Side) -> str | None:
    """Return a link's ref on a side."""
    state = link.side(side)
    return None if state.id is None else ref(link.flow, side, state.id)


def ref(flow: Flow, side: Side, record: str) -> str:
    """Spell a ref: side, entity, id."""
    return f"{side}/{entity_of(flow, side)}/{record}"


def refs_of(link: Link) -> list[str]:
    """Return the refs of a link's records."""
    return [found for side in SIDES if (found := ref_of(link, side)) is not None]
