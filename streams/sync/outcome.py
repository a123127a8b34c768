"""An Outcome: what the command in flight came to, then whatever waited for it."""

from __future__ import annotations

from msgspec.structs import replace

from schemas.errors import MappingError
from schemas.flows import Side, Value, flow_of, other
from schemas.records import Change, Outcome
from streams.mapping.rows import ACTIVE, Row
from streams.sync import slots
from streams.sync.change import accept, observe, on_change, take, vanish
from streams.sync.departed import recall
from streams.sync.derived import derivations, told
from streams.sync.fields import agreed, alike, hold, ref, refs_of, same, show
from streams.sync.index import reindexed
from streams.sync.merge import absorb
from streams.sync.pair import bind
from streams.sync.retire import retired
from streams.sync.settle import review, schedule, settle, spare
from streams.sync.state import Link, Pending
from streams.sync.turn import Turn, newest


def on_outcome(turn: Turn, outcome: Outcome) -> None:
    """Take in what became of a command."""
    link = turn.link(outcome.link)
    pending = link.side(outcome.side).pending if link else None
    if link is None or pending is None or pending.command.id != outcome.command:
        _unexpected(turn, link, outcome)
        return
    went = pending.command.op == "create" and _went(turn, link, outcome)
    link.side(outcome.side).pending = None
    slots.free(turn, link.id, outcome.side)
    if pending.command.op == "delete":
        _deleted(turn, link, outcome)
    elif outcome.status in ("applied", "found") and outcome.id is not None and not _bind(turn, link, outcome):
        pass  # another pair has that record: the link is in review
    elif outcome.status in ("applied", "found") and pending.command.op != "read":
        _applied(turn, link, pending, outcome)
        _switched(turn, link, pending, outcome.side)
        link.side(outcome.side).reread |= went
    elif outcome.status in ("applied", "conflict") and outcome.record is not None:
        _recognise(turn, link, pending, outcome)
        if _switches_on(link, pending, outcome.side):
            _switched(turn, link, pending, outcome.side)  # neither off nor on: somebody's own word, which stands
        take(turn, link, shown(outcome))
        _missing(turn, link, pending, outcome)
    elif outcome.status == "conflict":
        link.side(outcome.side).reread = True
    elif outcome.status == "gone" and (outcome.id is None or _bind(turn, link, outcome)):
        _recognise(turn, link, pending, outcome)
        vanish(turn, link, outcome.side, outcome.at)
    elif outcome.status == "rejected" and not _overtaken(turn, link, pending):
        _rejected(turn, link, pending, outcome)
    _resume(turn, link, outcome.side)


def _went(turn: Turn, link: Link, outcome: Outcome) -> bool:
    """Tell whether the record of a create was told to be gone before its outcome came, known by a half link or by nobody."""
    record = outcome.id or ""
    half = turn.link_of(ref(link.flow, outcome.side, record))
    return recall(turn, link.flow, outcome.side, record) or (half is not None and half.side(outcome.side).gone)


def _rejected(turn: Turn, link: Link, pending: Pending, outcome: Outcome) -> None:
    _blocked(turn, link, outcome)
    if pending.command.op == "create":
        link.side(outcome.side).derived = told(turn, link, outcome.side)


def _blocked(turn: Turn, link: Link, outcome: Outcome) -> None:
    link.side(outcome.side).blocked = outcome.error or "rejected"
    turn.journal(link, "blocked", outcome.error or "rejected", side=outcome.side)


def _deleted(turn: Turn, link: Link, outcome: Outcome) -> None:
    """A twin was deleted (already gone is success), or spared because somebody edited it."""
    side = outcome.side
    if outcome.status == "rejected":
        _blocked(turn, link, outcome)
    elif outcome.status == "conflict":
        if outcome.record is not None:
            take(turn, link, shown(outcome))
        spare(turn, link, side)
    else:
        with reindexed(turn, link, side):
            link.side(side).gone = True
        link.side(side).known_at = outcome.at
        retired(turn, link, side)


def _switched(turn: Turn, link: Link, pending: Pending, side: Side) -> None:
    """A twin was switched off, or on again."""
    state = link.side(side)
    if pending.command.op == "deactivate":
        retired(turn, link, side)
    elif _switches_on(link, pending, side):
        state.retire, state.retired = None, False


def _switches_on(link: Link, pending: Pending, side: Side) -> bool:
    """Tell whether a command is the one that switches a twin on again: no field's word."""
    return link.side(side).retire == "activate" and ACTIVE in pending.command.fields and not pending.revs


def _overtaken(turn: Turn, link: Link, pending: Pending) -> bool:
    """Tell whether what was refused is not true any more, by an edit while it was under way: the next command carries something else."""
    if any(agreed(link, name).rev > revision for name, revision in pending.revs.items()):
        return True
    command, mapping = pending.command, turn.mapping(link.flow)
    ids = derivations(turn, link, command.side) if command.op == "create" else {}
    return any(id_ != command.fields.get(mapping.row(name).path(command.side) or "") for name, id_ in ids.items())


def _resume(turn: Turn, link: Link, side: Side) -> None:
    """Take up the deferred change, settle, and let go of those who waited for this create."""
    deferred, link.side(side).deferred = link.side(side).deferred, None
    if deferred is not None and deferred.id == link.side(side).id:
        accept(turn, link, deferred)
    settle(turn, link)
    schedule(turn, f"create/{link.id}")


def _bind(turn: Turn, link: Link, outcome: Outcome) -> bool:
    """Give the link the id its create brought; False when another pair has it."""
    state = link.side(outcome.side)
    record = outcome.id or ""
    if state.id == record:
        return True
    holder = turn.link_of(ref(link.flow, outcome.side, record))
    if holder is not None and holder.id != link.id and holder.side(outcome.side).id == record:
        if state.id is not None or not _absorb_half(turn, link, holder, outcome.side):
            link.pinned = True
            review(turn, link, "its create met a record of another pair", refs_of(holder))
            return False
    elif state.id is not None:
        link.pinned = True
        review(turn, link, "its create made a second record", [ref(link.flow, outcome.side, record)])
        return False
    bind(turn, link, outcome.side, record)
    turn.journal(link, "linked", f"by create: {' and '.join(refs_of(link))}", side=outcome.side)
    return True


def _absorb_half(turn: Turn, link: Link, half: Link, side: Side) -> bool:
    """Absorb the half link that the created record opened when it was read before its outcome came."""
    twin = half.side(other(side))
    if twin.id is not None or twin.pending is not None or half.side(side).pending is not None:
        return False
    with reindexed(turn, half, side):
        shown_before, half.side(side).id = half.side(side).deferred, None
    if shown_before is not None:
        link.side(side).deferred = newest(link.side(side).deferred, shown_before)
    else:
        link.side(side).reread = True
    turn.drop_link(half)
    return True


def _applied(turn: Turn, link: Link, pending: Pending, outcome: Outcome) -> None:
    """The side holds the revisions sent and shows what came back; anything else it shows is somebody's edit."""
    side, sent, record = outcome.side, pending.command.fields, outcome.record or {}
    ours: list[tuple[Row, str]] = []
    theirs: list[tuple[Row, str]] = []
    for row, path in turn.mapping(link.flow).shown[side]:
        as_sent = path in sent and (outcome.status == "applied" or _alike(row, side, sent[path], record.get(path)))
        (ours if as_sent else theirs).append((row, path))
    _note(turn, link, pending, outcome, ours)
    observe(link.side(side), shown(outcome), written=True)
    absorb(turn, link, side, record, turn.by_now(outcome.edited_at, outcome.at), theirs)
    if outcome.status == "found":
        _refill(turn, link, side, [row for row, path in theirs if sent.get(path) is not None and record.get(path) is None])


def _refill(turn: Turn, link: Link, side: Side, emptied: list[Row]) -> None:
    """What a create made and somebody emptied is no edit but to be filled again, unless there is nobody left whose word that would be."""
    if not emptied:
        return
    if link.side(other(side)).gone and turn.mapping(link.flow).deletes.get(side) == "delete":
        spare(turn, link, side)
        return
    for row in emptied:
        turn.journal(link, "refilled", "empty when its create was found", side=side, field=row.name, won=str(agreed(link, row.name).value))


def _recognise(turn: Turn, link: Link, pending: Pending, outcome: Outcome) -> None:
    """What stands there may be what a lost attempt of the command wrote, in the side's own spelling: ours, not somebody's edit."""
    if outcome.record is None:
        return
    side, sent, expect, record = outcome.side, pending.command.fields, pending.command.expect, outcome.record
    moved = [(row, path) for row, path in turn.mapping(link.flow).shown[side] if path in sent and record.get(path) != expect.get(path)]
    _note(turn, link, pending, outcome, [(row, path) for row, path in moved if _alike(row, side, sent[path], record.get(path))])


def _missing(turn: Turn, link: Link, pending: Pending, outcome: Outcome) -> None:
    """A custom field that the account does not have any more cannot be written: refused, until the field or an operator is back."""
    record = outcome.record or {}
    for row, path in turn.mapping(link.flow).shown[outcome.side]:
        if outcome.side == "keap" and row.label is not None and path in pending.command.fields and path not in record:
            link.keap.refused[row.name] = agreed(link, row.name).rev
            turn.refuse(link, f"{link.flow}.{row.name}: Keap has no custom field {row.label!r} any more", side="keap", name=row.name)


def _note(turn: Turn, link: Link, pending: Pending, outcome: Outcome, ours: list[tuple[Row, str]]) -> None:
    side, sent, before, record = outcome.side, pending.command.fields, pending.command.expect, outcome.record or {}
    with reindexed(turn, link, side, {row.name for row, _ in ours}):
        for row, path in ours:
            _stored(turn, link, side, row, sent[path], before.get(path), record.get(path))
            hold(link, side, row, pending.revs.get(row.name, 0))  # a default is nobody's word


def _stored(turn: Turn, link: Link, side: Side, row: Row, sent: Value, before: Value, got: Value) -> None:
    """Note what a side made of what it was sent; its own spelling is compared with itself from now on."""
    got = None if got == "" else got
    link.side(side).unmapped.pop(row.name, None)
    show(link, side, row, got)
    if not same(turn, row, _read(row, side, sent), _read(row, side, got)):
        ignored = same(turn, row, _read(row, side, before), _read(row, side, got))
        detail = "not applied" if ignored else "stored differently than sent"
        turn.journal(link, "stored_differently", detail, side=side, field=row.name, won=str(got), lost=str(sent))
        turn.warn(link, f"{link.flow}.{row.name}: {detail} in {side}")


def _alike(row: Row, side: Side, sent: Value, got: Value) -> bool:
    """Tell whether a record that a repeated create met shows what was sent, the target's habits forgiven."""
    one, two = _read(row, side, sent), _read(row, side, got)
    if two is None and got not in (None, ""):
        return False  # what cannot be mapped is nobody's clear
    return alike(row, one, two)


def _read(row: Row, side: Side, native: Value) -> Value:
    try:
        return row.kind.read(side, native)
    except MappingError:
        return None


def shown(outcome: Outcome) -> Change:
    """Return what an outcome brought as a reread change."""
    return Change(
        connection=outcome.connection,
        side=outcome.side,
        entity=outcome.entity,
        id=outcome.id or "",
        op="upsert",
        fields=outcome.record or {},
        read_at=outcome.at,
        capture="reread",
        version=outcome.version,
        created_at=outcome.created_at,
        updated_at=outcome.updated_at,
        skew_ms=outcome.skew_ms,
    )


def _unexpected(turn: Turn, link: Link | None, outcome: Outcome) -> None:
    """An outcome nobody waits for: a created id still binds, unless it was parted from its link since.

    What it shows may be old news by now (it was delivered again): judge it. What was gone when it was answered binds nothing.
    """
    if outcome.id is None or outcome.record is None or outcome.status == "gone":
        return
    flow = flow_of(outcome.side, outcome.entity)
    created = ref(flow, outcome.side, outcome.id)
    if link is not None and link.flow == flow and link.side(outcome.side).id is None and created not in link.former:
        slots.free(turn, link.id, outcome.side)
        if not _bind(turn, link, outcome):
            return
    on_change(turn, replace(shown(outcome), capture="poll"))
