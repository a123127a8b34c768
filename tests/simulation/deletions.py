"""What is gone is known to be gone; its twin follows by the flow's policy, and never takes an edit with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from schemas.errors import MappingError
from schemas.flows import SIDES, Side, Value, other
from streams.mapping.rows import ACTIVE, Row
from streams.sync.fields import ref
from streams.sync.state import Link
from tests.simulation.ended import Ended, name_of, shown
from tests.simulation.oracle import Removal, Write
from tests.simulation.readings import known_before
from tests.simulation.world import Connection, World


def unnoticed(world: World) -> Iterator[str]:
    """Yield the records that are gone, and whose links do not know it."""
    return (name for name, gone, known in _fates(world) if gone and not known)


def _fates(world: World) -> Iterator[tuple[str, bool, bool]]:
    """Yield each record that has a link: its name, whether it is gone, and whether its link says so."""
    for link in world.links():
        for side in SIDES:
            if record := world.stored(link, side):
                yield f"{side} {link.flow} {record.id} {link.id}", record.deleted, link.side(side).gone


def deletions_are_noticed(ended: Ended) -> Iterator[str]:
    """5. A record that is gone is known to be."""
    yield from unnoticed(ended.world)


def returns_are_noticed(ended: Ended) -> Iterator[str]:
    """5. A record that is there is not taken for gone, once everything was listed again."""
    return (name for name, gone, known in _fates(ended.world) if known and not gone)


def twins_follow_their_policy(ended: Ended) -> Iterator[str]:
    """5. The twin of a record that is gone is kept, switched off or deleted, unless an operator has to decide, or decided."""
    for link in {id(link): link for link in ended.links.values()}.values():
        one = ended.world.connections[link.connection]
        for side in SIDES:
            twin, gone = link.side(side), link.side(other(side))
            if link.state != "orphan" or not gone.gone or twin.id is None or twin.gone or twin.id in one.oracle.touched:
                continue
            policy = ended.world.options.features.deletes.get(link.flow, {}).get(side, "keep")
            if policy == "keep" or twin.blocked or (link.id, policy) in ended.withheld:
                continue
            if policy == "delete" or one.systems[side].records[twin.id].fields.get(ACTIVE) is not False:
                yield f"{side} {link.flow} {twin.id} {link.id} is not subject to {policy}"


def no_edited_twin_is_deleted(ended: Ended) -> Iterator[str]:
    """5. Nothing is deleted of which somebody edited what the record that is gone never showed, as far as anybody could see."""
    for one in ended.world.connections.values():
        for removal in one.oracle.removals:
            record = one.systems[removal.side].records[removal.record]
            link = _link_of(ended, one, removal)
            if link is None or removal.record in one.oracle.touched or one.oracle.forgotten_at:
                continue
            partner = link.side(other(removal.side)).id
            for row in ended.world.options.mapping[record.flow].written[other(removal.side)].values():
                edit = _latest(one, removal, row)
                if edit and partner and not _taken_over(ended, one, removal, row, edit, partner):
                    yield f"{removal.side} {record.flow} {record.id} {link.id} {row.name}: {edit.value!r}"


def _link_of(ended: Ended, one: Connection, removal: Removal) -> Link | None:
    flow = one.systems[removal.side].records[removal.record].flow
    return ended.links.get((one.name, ref(flow, removal.side, removal.record)))


def _latest(one: Connection, removal: Removal, row: Row) -> Write | None:
    """Return the last edit of a field before its record was deleted, which could be known then."""
    history = one.oracle.history[removal.side, removal.record, row.path(removal.side) or ""]
    return next((write for write in reversed(history) if write.number <= removal.known), None)


def _taken_over(ended: Ended, one: Connection, removal: Removal, row: Row, edit: Write, partner: str) -> bool:
    if not edit.human or row.kind.reference:
        return True
    side: Side = other(removal.side)
    try:
        row.kind.read(removal.side, edit.value)
    except MappingError:
        return True  # it was told in a dead letter
    value: Value = shown(row, removal.side, edit.value)
    theirs = [shown(row, side, write.value) for write in one.oracle.history[side, partner, row.path(side) or ""]]
    lost = ended.lost[one.name, row.name]
    return value in theirs or value in lost or _shows_nothing(ended, one, removal, row, edit, theirs)


def _shows_nothing(ended: Ended, one: Connection, removal: Removal, row: Row, edit: Write, theirs: list[Value]) -> bool:
    """Tell whether an edit says what was shown before, or clears what never reached the other side."""
    before = known_before(ended, one, removal.side, removal.record, row.path(removal.side) or "", edit)
    stood = shown(row, removal.side, before[-1].value) if before else None
    return stood == shown(row, removal.side, edit.value) or (edit.value is None and stood not in theirs)


def twins_come_back(ended: Ended) -> Iterator[str]:
    """5. What we switched off is on again once its twin has come back."""
    for pair in ended.pairs:
        for side, record in pair.records.items():
            history = pair.oracle.history[side, record.id, ACTIVE]
            off = bool(history) and not history[-1].human and history[-1].value is False
            theirs = pair.records[other(side)].fields.get(ACTIVE, True)
            if (
                off
                and not pair.oracle.forgotten_at
                and theirs is not False
                and record.id not in pair.oracle.touched
                and (pair.link.id, "activate") not in ended.withheld
            ):
                yield f"{name_of(pair)}: {side} is off"


def nothing_restored_is_deleted(ended: Ended) -> Iterator[str]:
    """5. A delete that comes again does not delete what somebody brought back since it was decided."""
    for one in ended.world.connections.values():
        for removal in one.oracle.removals:
            back = one.oracle.back.get((removal.side, removal.record))
            if back is None or not back.number <= removal.known:
                continue
            deletes = [c for c in ended.world.watch.issued.values() if c.op == "delete" and c.connection == one.name]
            decided = [c.issued_at for c in deletes if (c.side, c.target) == (removal.side, removal.record) and c.issued_at <= removal.at]
            if max(decided, default=0) < back.at < removal.at:
                yield f"{removal.side} {removal.record}"


ONCE_SWEPT: Final[dict[str, Callable[[Ended], Iterator[str]]]] = {
    one.__name__: one
    for one in (
        deletions_are_noticed, returns_are_noticed, twins_follow_their_policy, no_edited_twin_is_deleted, twins_come_back,
        nothing_restored_is_deleted,
    )
}  # fmt: skip
"""Invariants of a world at rest whose flows were swept until every deletion was found."""
