"""What a link needs now: a create, an update, a read, or a place in line. Called after every event that touched it, echoes too."""

from __future__ import annotations

from schemas.flows import SIDES, Side, other
from streams.mapping.rows import ACTIVE
from streams.sync import gates, pages, slots
from streams.sync.commands import create, read, retire, update
from streams.sync.derived import told, told_by
from streams.sync.disputes import forget_settled
from streams.sync.fields import holds, ref_of, refs_of, seen
from streams.sync.match import match
from streams.sync.pair import join
from streams.sync.state import Link
from streams.sync.turn import Turn, living


def settle(turn: Turn, link: Link) -> None:
    """Issue what the link needs, or say what it waits for; let go of whoever waits for it."""
    _ask(turn, link)
    if link.state in ("half", "review") and not link.pinned:
        pair_up(turn, link)
        link = turn.link(link.id) or _joined(turn, link)
    for side in SIDES:
        _retire(turn, link, side)
    if link.state == "linked":
        forget_settled(turn, link)
        for side in SIDES:
            write(turn, link, side)
        _ask(turn, link)
        # Not while a side lacks something: what is disputed or refused may be lacked for ever.
        link.bulk = link.bulk and bool(link.gates or link.keap.pending or link.erp.pending)
    if link.state == "orphan":
        turn.bereft.append(link.id)
    open_gates(turn, link)


def _ask(turn: Turn, link: Link) -> None:
    """Read what has to be read again."""
    for side in SIDES:
        state = link.side(side)
        if state.reread and state.id is not None and state.pending is None:
            read(turn, link, side)


def _retire(turn: Turn, link: Link, side: Side) -> None:
    """Do to the twin of a record that is gone, or is back, what is to be done, unless what it shows by now forbids it."""
    state = link.side(side)
    if state.retire is None or state.pending is not None:
        return
    if state.retire == "delete" and edited_since(turn, link, side):
        spare(turn, link, side)
    if state.retire == "deactivate" and is_off(turn, link, side):
        state.retire = None  # and not ours, unless it was before, to switch on again when its record comes back
        turn.journal(link, "retired", f"{ref_of(link, side)} was off already", side=side)
    if state.retire and not state.gone and state.blocked is None and not state.reread:
        retire(turn, link, side)


def _joined(turn: Turn, link: Link) -> Link:
    """Return the pair that a half just became part of."""
    found = turn.link_of(next(ref for side in living(link) if (ref := ref_of(link, side))))
    if found is None:
        raise AssertionError(f"link {link.id} vanished")
    return found


def pair_up(turn: Turn, link: Link) -> None:
    """Bring a half link on: to its twin, to review, to its create, or to the gate it waits at."""
    if (side := next(living(link), None)) is None or any(link.side(each).pending for each in SIDES):
        return
    target = other(side)
    if link.side(target).id is not None:
        return
    gate = gates.snapshots(turn, link.flow) or gates.create_in_flight(turn, link, side)
    if gate is None:
        found = match(turn, link, side)
        if found and found.twin:
            if found.twin.side(target).pending is not None:
                # It is being read: the outcome, which names its link, brings the two together, unless it says the record is gone.
                link.gate = f"create/{found.twin.id}"
                wait(turn, link, link.gate)
                return
            halves = (link, found.twin) if side == "keap" else (found.twin, link)
            join(turn, *halves, found.rule)
            return
        if found:
            review(turn, link, f"several records share {found.rule}", list(found.candidates))
            return
        if link.state == "review":
            link.state, link.candidates, link.reason = "half", [], None
        gate = gates.direction(turn, link, target) or gates.conditions(turn, link, target)
        gate = gate or gates.references(turn, link, target) or gates.approval(turn, link) or gates.pilot(turn, link)
    link.gate = gate
    if gate is not None:
        link.side(target).derived = dict.fromkeys(link.side(target).derived, "")  # what a refused create waits for now is news
        wait(turn, link, gate)
    elif link.side(target).blocked is None or _told_otherwise(turn, link, target):
        create(turn, link, target)


def _told_otherwise(turn: Turn, link: Link, target: Side) -> bool:
    """Tell whether other records were edited since a create was refused, or say something else by now; else look again when they are."""
    state = link.side(target)
    if state.derived and state.derived != told(turn, link, target):
        state.blocked, state.derived = None, {}
        return True
    for ref in told_by(turn, link, target) if state.derived else ():
        wait(turn, link, f"ref/{ref}")
    return False


def review(turn: Turn, link: Link, reason: str, candidates: list[str]) -> None:
    """Leave a link to an operator; nothing is written for it."""
    if (link.state, link.reason, link.candidates) != ("review", reason, candidates):
        turn.journal(link, "review", f"{reason}: {', '.join(candidates)}")
    link.state, link.reason, link.candidates, link.gate = "review", reason, candidates, None


def to_operator(turn: Turn, link: Link, reason: str) -> None:
    """Leave a pair to an operator: nothing is written to either record any more."""
    if link.state == "ignored":
        return
    link.pinned = True
    review(turn, link, reason, refs_of(link))


def edited_since(turn: Turn, link: Link, twin: Side) -> bool:
    """Tell whether the twin of a record that is gone shows what that record never took over."""
    rows = turn.mapping(link.flow).written[other(twin)].values()
    return bool(link.disputed or link.frozen) or not all(holds(link, other(twin), row) for row in rows)


def is_off(turn: Turn, link: Link, side: Side) -> bool:
    """Tell whether a record shows that it is switched off; one that nothing is known of is on."""
    return any(path == ACTIVE and seen(link, side, row) is False for row, path in turn.mapping(link.flow).shown[side])


def spare(turn: Turn, link: Link, twin: Side) -> None:
    """The twin is not what its record was: somebody edited it, however late; it is not deleted."""
    link.side(twin).retire = None
    to_operator(turn, link, f"{ref_of(link, other(twin))} is gone, and its twin was edited since")


def write(turn: Turn, link: Link, side: Side) -> None:
    """Write to a side what it does not hold, unless it must be read first."""
    state = link.side(side)
    if state.id is None or state.gone or state.pending is not None or state.reread or state.blocked is not None:
        return
    if not state.held:
        return
    gate = gates.pilot(turn, link)
    if gate is None:
        update(turn, link, side)
    elif not all(holds(link, side, row) for row in turn.mapping(link.flow).written[side].values()):
        wait(turn, link, gate)


QUEUED = ("snapshot", "create", "ref", "approval", "pilot", "breaker", "slot", "sweep")
"""Gates that open without the link's own doing: who waits at them stands in a queue."""


def wait(turn: Turn, link: Link, gate: str) -> None:
    """Let a link stand in a gate's queue, once."""
    if gate.split("/", 1)[0] in QUEUED and gate not in link.gates:
        link.gates.append(gate)
        pages.push(turn, gate, link.id)


def open_gates(turn: Turn, link: Link) -> None:
    """Release whoever waits for this link, when it has its twin or will have none: level-triggered, so that nothing hangs on one event."""
    for gate in gates.opened_by(link):
        if pages.waiting(turn, gate) and gates.decided(link):
            schedule(turn, gate)


def schedule(turn: Turn, gate: str) -> None:
    """Let everyone who stands in a queue now be looked at, a page a decision."""
    if length := pages.waiting(turn, gate):
        turn.progress().releases[gate] = length


MATCHED_LATER = ("snapshot", "create", "slot")
"""Gates behind which a half is matched anew in any case."""


def look_again(turn: Turn) -> None:
    """Settle the reviews among those whose match keys fewer links share than before, and the halves among those whose keys more do."""
    for _ in range(3):
        if not (turn.loosened or turn.tightened):
            return
        loosened, turn.loosened = turn.loosened, set()
        tightened, turn.tightened = turn.tightened, set()
        for key in sorted(loosened | tightened):
            sharing = _sharing(turn, key)
            for link_id in sharing:
                link = turn.link(link_id)
                if link is None or link.pinned:
                    continue
                rivals = key in tightened and len(sharing) > 1 and _waits(link)
                if rivals or (key in loosened and link.state == "review"):
                    settle(turn, link)


def _sharing(turn: Turn, key: str) -> list[str]:
    flow, _, rule = key.split("/", 2)
    return list(dict.fromkeys(link_id for side in SIDES for link_id in pages.members(turn, f"{flow}/{side}/{rule}")[:20]))


def _waits(link: Link) -> bool:
    """Tell whether a half waits for something, or for somebody: what was refused may turn out to have its twin, or rivals, by now."""
    refused = link.keap.blocked is not None or link.erp.blocked is not None
    return link.state == "half" and (refused or (link.gate is not None and link.gate.split("/", 1)[0] not in MATCHED_LATER))


def move_up(turn: Turn) -> None:
    """Give freed slots to those who wait, first in first out, until one takes it."""
    for side, pool in turn.freed:
        gate = slots.gate_of(side, pool)
        for _ in range(pages.PAGE):
            if not slots.room(turn, side, pool) or (link_id := pages.pop(turn, gate)) is None:
                break
            link = turn.link(link_id)
            if link is not None and gate in link.gates:
                link.gates.remove(gate)
                settle(turn, link)
        else:
            schedule(turn, gate)
    turn.freed.clear()
