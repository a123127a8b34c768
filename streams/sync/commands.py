"""Commands, built when they get their slot: edits made while a link waited travel together."""

from __future__ import annotations

from typing import Any, Literal

from schemas.errors import MappingError
from schemas.flows import Fields, Side, Value, entity_of
from schemas.records import Command
from streams.mapping.currency import foreign
from streams.mapping.rows import ACTIVE, Row
from streams.sync import breaker, pages, slots
from streams.sync.agreement import may_show_more
from streams.sync.derived import derived
from streams.sync.disputes import stopped_groups
from streams.sync.fields import agreed, canonical, hold, holds, ref_of, same, seen
from streams.sync.newcomers import proven
from streams.sync.rows import command_id
from streams.sync.state import Link, Pending
from streams.sync.turn import Kind, Turn, living


def read(turn: Turn, link: Link, side: Side) -> None:
    """Ask a side what it shows now, once its replicas must have caught up."""
    if _slot(turn, link, side):
        state = link.side(side)
        not_before = state.known_at + turn.context.lag[side]
        _issue(turn, link, side, "read", {}, {}, target=state.id, not_before=not_before)


def update(turn: Turn, link: Link, side: Side) -> None:
    """Write the fields whose agreed revision a side does not hold, expecting what it last showed; not what has to be read again first."""
    fields, expect, revs = _lacking(turn, link, side)
    if not fields or not _passes(turn, link, side, "updates") or not _slot(turn, link, side):
        return
    state = link.side(side)
    # Without a version the side is read and compared first.
    version = state.version if state.version is not None and proven(turn, link, side, revs) else None
    _issue(turn, link, side, "update", fields, revs, target=state.id, expect=expect, version=version)


def _lacking(turn: Turn, link: Link, side: Side) -> tuple[Fields, Fields, dict[str, int]]:
    """Return what to write, what is expected there, and the revisions. A group goes whole: an edit of any part of it is a conflict."""
    fields: Fields = {}
    expect: Fields = {}
    revs: dict[str, int] = {}
    mapping = turn.mapping(link.flow)
    written = mapping.written[side]
    behind = [written[name] for name in link.side(side).held if name in written]
    for row in behind:
        said = agreed(link, row.name)
        if row.name in link.side(side).unmapped or not same(turn, row, canonical(link, side, row), said.value):
            continue  # what cannot be mapped says something else than nothing
        if may_show_more(turn, link, side, said.at):
            link.side(side).reread = True
        else:
            hold(link, side, row, said.rev)
    if link.side(side).reread:
        return {}, {}, {}
    stopped = stopped_groups(link, written.values())
    lacking = (row for row in behind if (row.group or row.name) not in stopped and not holds(link, side, row))
    moving = {each.name: each for row in lacking for each in mapping.moving_with(row) if each.name in written}
    for row in moving.values():
        said, shown, path = agreed(link, row.name), seen(link, side, row), row.path(side)
        native, ready = (shown, True) if holds(link, side, row) else _native(turn, link, side, row, said.value)
        if ready and path:
            fields[path], expect[path], revs[row.name] = native, shown, said.rev
    if fields == expect:  # what does not fit is cut to what stands there
        for name, revision in revs.items():
            hold(link, side, written[name], revision)
        return {}, {}, {}
    return fields, expect, revs


def _native(turn: Turn, link: Link, side: Side, row: Row, value: Value) -> tuple[Value, bool]:
    """Return a value as `side` writes it, and whether it can be written now."""
    state = link.side(side)
    revision = agreed(link, row.name).rev
    if state.refused.get(row.name) == revision:
        return None, False
    if value is None and row.required:
        state.refused[row.name] = revision
        turn.refuse(link, f"{link.flow}.{row.name}: was cleared, and is required in {side}", side=side, name=row.name)
        return None, False
    if row.kind.reference and value is not None:
        parent = turn.link_of(str(value))
        twin = ref_of(parent, side) if parent and not parent.side(side).gone else None
        if twin is None:
            if state.id is not None:
                _await(turn, link, f"ref/{value}")
            return None, False
        value = twin
    try:
        if row.currency and value is not None:
            _require_one_currency(turn, link, row, row.currency)
        native = None if value is None else row.kind.write(side, value)
        if native != value and not row.kind.reference and not same(turn, row, row.kind.read(side, native), value):
            turn.journal(link, "truncated", f"{value!r} does not fit", side=side, field=row.name, won=str(native), lost=str(value))
    except MappingError as error:
        state.refused[row.name] = revision
        turn.refuse(link, f"{link.flow}.{row.name}: {error}", side=side, name=row.name)
        return None, False
    return native, True


def _require_one_currency(turn: Turn, link: Link, row: Row, named: str) -> None:
    """Refuse to write an amount while either record is of another currency than the account; raises MappingError."""
    mapping = turn.mapping(link.flow)
    unit = mapping.row(named)
    for side in living(link) if mapping.currency else ():
        if code := foreign(mapping, row, side, {unit.path(side) or "": seen(link, side, unit)}):
            raise MappingError(f"the {side} record is in {code}, and the Keap account's currency is {mapping.currency}")


def _passes(turn: Turn, link: Link, side: Side, kind: Kind) -> bool:
    """Tell whether a write may go on; one too many waits at the breaker, or is withheld there."""
    gate = breaker.stopped(turn, link, side, kind)
    if gate is None:
        return True
    if breaker.withholds(turn, link, side):
        breaker.withhold(turn, link, side)
    else:
        _await(turn, link, gate)
    return False


def _await(turn: Turn, link: Link, gate: str) -> None:
    if gate not in link.gates:
        link.gates.append(gate)
        pages.push(turn, gate, link.id)


def create(turn: Turn, link: Link, side: Side) -> None:
    """Make the twin, with everything that is agreed and the target's defaults."""
    mapping = turn.mapping(link.flow)
    if not _slot(turn, link, side):
        return
    fields: Fields = {}
    revs: dict[str, int] = {}
    for row in mapping.rows:
        path = row.path(side)
        if path is None or not row.writes(side):
            continue
        value = derived(turn, link, row, side) if row.derive else agreed(link, row.name).value
        native, ready = _native(turn, link, side, row, value) if value is not None else (None, False)
        if ready and native is not None:
            fields[path], revs[row.name] = native, agreed(link, row.name).rev
    for row in mapping.rows:
        path, default = row.path(side), row.default.get(side)
        if path and default and path not in fields:
            filler = default.value if default.row is None else agreed(link, default.row).value
            fields[path] = _native(turn, link, side, row, filler)[0]
    stamp = link.id if side in mapping.stamp else None
    _issue(turn, link, side, "create", fields, revs, stamp=stamp, match=_searchable(link, side, fields, turn))


def retire(turn: Turn, link: Link, side: Side) -> None:
    """Switch off, delete or switch on again the twin of a record that is gone or came back; a delete expects all that was seen."""
    state, mapping = link.side(side), turn.mapping(link.flow)
    kind: Kind = "updates" if state.retire == "activate" else "deletes"
    if state.retire is None or not _passes(turn, link, side, kind) or not _slot(turn, link, side):
        return
    if state.retire == "delete":
        expect = {path: seen(link, side, row) for row, path in mapping.shown[side]}
        _issue(turn, link, side, "delete", {}, {}, target=state.id, expect=expect, version=state.version)
    else:
        op: Op = "update" if state.retire == "activate" else "deactivate"
        _issue(turn, link, side, op, {ACTIVE: op == "update"}, {}, target=state.id, expect={ACTIVE: op != "update"})


def _searchable(link: Link, side: Side, fields: Fields, turn: Turn) -> Fields:
    """Return the native fields of the first match rule that are all there: how a repeated create may find its record."""
    mapping = turn.mapping(link.flow)
    for rule in mapping.match:
        paths = [mapping.row(name).path(side) for name in rule.fields if not mapping.row(name).kind.reference]
        if all(path in fields for path in paths):
            return {path: fields[path] for path in paths if path}
    return {}


def _slot(turn: Turn, link: Link, side: Side) -> bool:
    creating = link.side(side).id is None
    if slots.take(turn, link, side, link.flow if creating else None):
        return True
    gate = slots.gate_of(side, slots.pool_of(link))
    if gate not in link.gates:
        _await(turn, link, gate)
    if creating:
        link.gate = gate
    return False


Op = Literal["create", "update", "deactivate", "delete", "read"]


def _issue(turn: Turn, link: Link, side: Side, op: Op, fields: Fields, revs: dict[str, int], **more: Any) -> None:
    """Put a command in flight; its sequence number rises even after a total loss of state."""
    link.seq = max(link.seq + 1, turn.now)
    command = Command(
        id=command_id(link.id, side, link.seq),
        connection=turn.connection,
        link=link.id,
        seq=link.seq,
        side=side,
        entity=entity_of(link.flow, side),
        op=op,
        fields=fields,
        expect=more.pop("expect", {}),
        issued_at=turn.now,
        cause=turn.cause,
        bulk=link.bulk,
        **more,
    )
    link.side(side).pending = Pending(command, revs)
    if op == "create":
        link.gate = None
    turn.decision.commands.append(command)
    if op in ("update", "deactivate", "delete"):
        breaker.count(turn, link, side, "updates" if op == "update" else "deletes")
    if op != "read":
        turn.journal(link, op, ", ".join(sorted(revs)), side=side)
