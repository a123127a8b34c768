"""Invariant 2: no edit is lost, no value comes from nowhere. The oracle knows every edit; most have a value of their own."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.flows import SIDES, Side, Value, other
from schemas.records import Command, Outcome
from streams.mapping.rows import Row
from streams.sync.state import Link
from tests.simulation.ended import Ended, Pair, left_apart, name_of, shown, unmapped
from tests.simulation.oracle import Write
from tests.simulation.readings import known_before, was_shown


def no_edit_is_lost(ended: Ended) -> Iterator[str]:
    """2. A side's latest edit stands, was answered by a later edit that knew it, or is journaled as the loser of a conflict."""
    for pair in ended.pairs:
        if {record.id for record in pair.records.values()} & pair.oracle.touched:
            continue
        for row in ended.rows(pair):
            for side in SIDES:
                if not row.writes(other(side)) or not (_told_apart(row) or row.kind.reference):
                    continue
                edit = pair.oracle.latest(side, pair.records[side].id, row.path(side) or "")
                if edit is not None and not left_apart(ended, pair, row) and not _accounted(ended, pair, row, side, edit):
                    yield f"{name_of(pair)} {row.name}: {edit.value!r} of {side}"


def _accounted(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    path, record, theirs = row.path(side) or "", pair.records[side], row.path(other(side)) or ""
    if unmapped(row, side, edit.value):
        return True  # it was told in a dead letter
    value = _meant(ended, pair, row, side, edit.value)
    if row.kind.reference and edit.value is not None and (value is None or edit.value in _moved(pair) or _was_forgotten(pair, edit)):
        return True  # of a record that is gone, was parted from its pair or had another twin: nobody can say who took its place
    if _meant(ended, pair, row, side, record.fields.get(path)) == value or value in _lost(ended, pair, row):
        return True
    if (side, record.id, path, edit.value) in pair.oracle.excused or is_none(ended, pair, row, side, edit):
        return True
    # An empty value loses when two existing records are first linked.
    if edit.value is None and (pair.oracle.forgotten_at or _met(ended, pair, row) > edit.at or _unseen(ended, pair, row, side, edit)):
        return True
    rivals = pair.oracle.merged_into(other(side), pair.records[other(side)].id)
    rivals |= {ref.rsplit("/", 1)[1] for ref in pair.link.merged if ref.startswith(f"{other(side)}/")}
    if pair.oracle.forgotten_at:  # it may have had another twin
        rivals = {one.id for one in pair.connection.systems[other(side)].records.values() if one.flow == record.flow}
    # It had arrived, and a request of a writer that was killed landed after its repeat.
    undone = any((other(side), rival, theirs, edit.value) in pair.oracle.excused for rival in rivals)
    return undone or any(_answered(ended, pair, pair.oracle.history[other(side), rival, theirs], row, side, edit) for rival in rivals)


def _was_forgotten(pair: Pair, edit: Write) -> bool:
    """Tell whether everything was lost since an edit."""
    return edit.at < (pair.oracle.forgotten_at or 0)


def _meant(ended: Ended, pair: Pair, row: Row, side: Side, native: Value) -> Value:
    """Return a native value loosely; of a reference the link it points at, None when that is not to be told."""
    value = shown(row, side, native)
    if row.kind.reference is None or value is None:
        return value
    link = _owner(ended, pair, value)
    return link.id if link else None


def _meanings(ended: Ended, pair: Pair, row: Row, side: Side, native: Value) -> set[Value]:
    """Return what a native value may have meant: of a record that was merged and is back, also the link it belonged to meanwhile."""
    meant = {_meant(ended, pair, row, side, native)}
    former = ended.former.get((pair.link.connection, str(shown(row, side, native)))) if row.kind.reference else None
    return meant | {former.id} if former else meant


def _moved(pair: Pair) -> set[str]:
    """Return the records an operator decided about, or that are gone: they once had another twin, or have none."""
    return pair.oracle.touched | {record for _, record in pair.oracle.gone}


def _owner(ended: Ended, pair: Pair, ref: Value) -> Link | None:
    """Return the link that a ref belongs to, or once belonged to."""
    place = pair.link.connection, str(ref)
    return ended.links.get(place) or ended.former.get(place)


def _lost(ended: Ended, pair: Pair, row: Row) -> set[Value]:
    """Return what the journal says lost of a row."""
    lost = ended.lost[pair.link.connection, row.name]
    if row.kind.reference is None:
        return lost
    return {None if ref is None else link.id for ref in lost if ref is None or (link := _owner(ended, pair, ref))}


def _unseen(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether what a clear took away never reached the other side."""
    before = pair.oracle.before(edit, side, pair.records[side].id, row.path(side) or "")
    theirs = pair.oracle.history[other(side), pair.records[other(side)].id, row.path(other(side)) or ""]
    known = [_meant(ended, pair, row, other(side), write.value) for write in theirs]
    return not before or _meant(ended, pair, row, side, before[-1].value) not in known


def is_none(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether an edit looks to everybody as if nothing had been edited."""
    # Typed within our write it was told, and looks like what the target made of that.
    stored = (pair.link.id, row.name, str(edit.value)) in ended.stored
    if stored or (row.kind.reference and _was_moved(pair, row, side, edit)):
        return True
    return any(told(ended, pair, row, side, edit) for told in (_shows_nothing, _took_back, _was_repeated))


def _shows_nothing(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether an edit says what was shown before, in other words or after something that came and went between two readings."""
    before = known_before(ended, pair.connection, side, pair.records[side].id, row.path(side) or "", edit)
    stood = before[-1].value if before else None
    return _meant(ended, pair, row, side, stood) == _meant(ended, pair, row, side, edit.value)


def _took_back(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether an edit took back what a write of ours had brought, before that was answered: all seemed to stand as before it."""
    before = known_before(ended, pair.connection, side, pair.records[side].id, row.path(side) or "", edit)
    if not before or before[-1].human:
        return False
    stood = before[-2].value if len(before) > 1 else None
    if _meant(ended, pair, row, side, stood) != _meant(ended, pair, row, side, edit.value):
        return False
    tried = {command.id for command in _bringing(ended, pair, row, side, before[-1].value) if command.issued_at < edit.at}
    answers = (each for each in ended.world.topics.events["outcomes"] if isinstance(each, Outcome) and each.command in tried)
    return bool(tried) and all(each.at > edit.at for each in answers if each.status in ("applied", "found"))


def _was_moved(pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether a merge gave a child to the survivor: nobody typed that."""
    before = pair.oracle.before(edit, side, pair.records[side].id, row.path(side) or "")
    merges = {(each.loser, each.survivor) for each in pair.oracle.merges if each.side == side}
    return bool(before) and (before[-1].value, edit.value) in merges


def _was_repeated(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether a command that had been answered was carried out once more after an edit that put back what it expected."""
    path = row.path(side) or ""
    history = pair.oracle.history[side, pair.records[side].id, path]
    later = next((each for each in history if each.number > edit.number and not each.human), None)
    answered = {each.command for each in ended.world.topics.events["outcomes"] if isinstance(each, Outcome) and each.at <= edit.at}
    repeats = [each for each in _bringing(ended, pair, row, side, later.value) if each.id in answered] if later else []
    return any(_meant(ended, pair, row, side, each.expect.get(path)) == _meant(ended, pair, row, side, edit.value) for each in repeats)


def _bringing(ended: Ended, pair: Pair, row: Row, side: Side, native: Value) -> Iterator[Command]:
    """Yield our commands for a record that were to bring what a native value means."""
    place, path = (pair.link.connection, side, pair.records[side].id), row.path(side) or ""
    value = _meant(ended, pair, row, side, native)
    for command in ended.world.watch.issued.values():
        ours = (command.connection, command.side, command.target) == place and path in command.fields
        if ours and _meant(ended, pair, row, side, command.fields[path]) == value:
            yield command


def _answered(ended: Ended, pair: Pair, theirs: list[Write], row: Row, side: Side, edit: Write) -> bool:
    """Tell whether somebody edited a field of the other side after it had shown what an edit of `side` said."""
    value = _meant(ended, pair, row, side, edit.value)
    if row.kind.reference and any(
        write.value is not None and _meant(ended, pair, row, other(side), write.value) is None for write in theirs
    ):
        return True  # they named a record of which nobody can say what it was
    known = [write.number for write in theirs if value in _meanings(ended, pair, row, other(side), write.value)]
    before = [write for write in theirs if write.number < edit.number]
    if (_meant(ended, pair, row, other(side), before[-1].value) if before else None) == value:
        known.append(edit.number)  # it showed the same already
    answers = [write.number for write in theirs if write.human]
    # Who had said the same before, and something else since, did not answer; unless all that stood between was never shown.
    since = max(min(known), edit.number if _stands(ended, pair, row, side, edit) else 0) if known else 0
    return bool(known and answers and max(answers) > since)


def _stands(ended: Ended, pair: Pair, row: Row, side: Side, edit: Write) -> bool:
    """Tell whether an edit is one by what anybody was shown: what it replaced was seen, and no write of ours was to bring the same."""
    path, target = row.path(side) or "", pair.records[side].id
    merges = [each for each in pair.oracle.merges if each.side == side]
    if any((each.survivor, each.number + 1) == (target, edit.number) for each in merges):
        return False  # what a survivor took over nobody typed
    if edit.at == pair.records[side].states[0].since and any(each.survivor == target for each in merges):
        return False  # nor what a duplicate was made with
    before = pair.oracle.before(edit, side, target, path)
    if before and before[-1].human and not was_shown(ended, pair.connection, side, target, path, before[-1], edit):
        return False
    return next(_bringing(ended, pair, row, side, edit.value), None) is None


def _met(ended: Ended, pair: Pair, row: Row) -> int:
    """Return when a pair was linked last (ms), or the journal said that a field was refilled: what was emptied before has a value again."""
    told = (entry for entry in ended.world.topics.journal if entry.link == pair.link.id)
    met = (each.at for each in told if each.kind in ("linked", "merged") or (each.kind, each.field) == ("refilled", row.name))
    return max(met, default=0)


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
