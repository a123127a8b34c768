"""Invariant 2: no edit is lost, no value comes from nowhere. The oracle knows every edit; most have a value of their own."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.errors import MappingError
from schemas.flows import SIDES, Side, Value, other
from streams.mapping.rows import Row
from tests.simulation.ended import Ended, Pair, left_apart, name_of, shown
from tests.simulation.oracle import Write


def no_edit_is_lost(ended: Ended) -> Iterator[str]:
    """2. A side's latest edit stands, was answered by a later edit that knew it, or is journaled as the loser of a conflict."""
    for pair in ended.pairs:
        if {record.id for record in pair.records.values()} & pair.oracle.touched:
            continue
        for row in filter(_told_apart, ended.rows(pair)):
            for side in SIDES:
                if not row.writes(other(side)):
                    continue
                edit = pair.oracle.latest(side, pair.records[side].id, row.path(side) or "")
                if edit is not None and not left_apart(ended, pair, row) and not _accounted(ended, pair, row, side, edit):
                    yield f"{name_of(pair)} {row.name}: {edit.value!r} of {side}"


def _accounted(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    path, record = row.path(side) or "", pair.records[side]
    try:
        row.kind.read(side, edit.value)
    except MappingError:
        return True  # it was told in a dead letter
    value = shown(row, side, edit.value)
    if shown(row, side, record.fields.get(path)) == value or value in ended.lost[pair.link.connection, row.name]:
        return True
    if (side, record.id, path, edit.value) in pair.oracle.excused:
        return True
    if edit.value is None and (pair.oracle.forgotten_at or _met(ended, pair) > edit.at):
        return True  # an empty value loses when two existing records are first linked
    if edit.value is None and _unseen(pair, row, side, edit):
        return True
    rivals = pair.oracle.merged_into(other(side), pair.records[other(side)].id)
    rivals |= {ref.rsplit("/", 1)[1] for ref in pair.link.merged if ref.startswith(f"{other(side)}/")}
    if pair.oracle.forgotten_at:  # it may have had another twin
        rivals = {one.id for one in pair.connection.systems[other(side)].records.values() if one.flow == record.flow}
    # It had arrived, and a request of a writer that was killed landed after its repeat.
    undone = any((other(side), rival, row.path(other(side)) or "", edit.value) in pair.oracle.excused for rival in rivals)
    return undone or any(
        _answered(pair.oracle.history[other(side), rival, row.path(other(side)) or ""], row, other(side), edit) for rival in rivals
    )


def _unseen(pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether what a clear took away never reached the other side: typed and taken back between two readings."""
    history = pair.oracle.history[side, pair.records[side].id, row.path(side) or ""]
    before = [write for write in history if write.number < edit.number]
    theirs = pair.oracle.history[other(side), pair.records[other(side)].id, row.path(other(side)) or ""]
    return not before or shown(row, side, before[-1].value) not in [shown(row, other(side), write.value) for write in theirs]


def _answered(theirs: list[Write], row: Row, side: Side, edit: Write) -> bool:
    """Tell whether somebody edited a field of `side` after it had shown what an edit of the other side said."""
    value = shown(row, other(side), edit.value)
    known = [write.number for write in theirs if shown(row, side, write.value) == value]
    if value is None and (not theirs or theirs[0].number > edit.number):
        known.append(edit.number)  # it was empty from the start
    answers = [write.number for write in theirs if write.human]
    return bool(known and answers and max(answers) > min(known))


def _met(ended: Ended, pair: Pair) -> int:
    """Return when a pair was linked last (ms)."""
    entries = (entry.at for entry in ended.world.topics.journal if entry.link == pair.link.id and entry.kind in ("linked", "merged"))
    return max(entries, default=0)


def no_value_from_nowhere(ended: Ended) -> Iterator[str]:
    """2. What a record shows, somebody once put there, on either side; 7. and of the same connection."""
    said: dict[tuple[str, str, str], set[Value]] = {}
    for one in ended.world.connections.values():
        for flow, mapping in ended.world.options.mapping.items():
            for row in filter(_told_apart, mapping.rows):
                paths = [(side, flow, row.path(side) or "") for side in SIDES]
                said[one.name, flow, row.name] = {shown(row, p[0], value) for p in paths for value in one.oracle.said[p]}
            for row in mapping.rows:
                for default in row.default.values():
                    said[one.name, flow, row.name] |= said[one.name, flow, default.row] if default.row else {default.value}
        for side, system in one.systems.items():
            for record in system.records.values():
                for row in filter(_told_apart, ended.world.options.mapping[record.flow].rows):
                    value = shown(row, side, record.fields.get(row.path(side) or ""))
                    if value is not None and not row.derive and value not in said[one.name, record.flow, row.name]:
                        yield f"{one.name} {side} {record.id} {row.name}: {value!r}"


def _told_apart(row: Row) -> bool:
    """Tell whether every edit of a row has a value of its own."""
    return row.kind.reference is None and row.name not in ("taxable", "first_name", "sku", "active")
