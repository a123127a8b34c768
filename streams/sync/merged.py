"""A record is gone and another of its side took its place: two were merged there. Told from a deletion before anything becomes of the twin.

No API says "merged". What tells is another record that shows a match key of the one that is gone, or that took over its children. One
without a twin takes the gone one's place in the pair; one that has a twin leaves the other twin to an operator, whatever the policy for
deletions; several are never chosen among. The survivor may show it later than the loss is proved, so the loss is looked at again for a day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.flows import SIDES, Flow, Side, other
from streams.mapping.rows import FlowMapping, MatchRule
from streams.sync import pages
from streams.sync.fields import agreed, canonical, hold, holds, ref_of, refs_of, seen, show
from streams.sync.gates import CLOCKS_MS, create_in_flight
from streams.sync.index import key_of, reindexed
from streams.sync.match import is_open, sharing
from streams.sync.merge import absorb
from streams.sync.pair import bind, inherit
from streams.sync.retire import retire
from streams.sync.settle import review, settle, wait
from streams.sync.state import Link, SideState
from streams.sync.turn import Turn, living

LATE_MS: Final = 24 * 3600 * 1000
"""How long after a loss its survivor may show: a poll is minutes behind, an outage hours."""
HANDED_MS: Final = 7 * LATE_MS
"""Children handed over longer before a loss than this have nothing to do with it; two daily sweeps prove it, if none of them fails."""
UNSAID: Final = "the survivor says nothing of it"


@dataclass(frozen=True, slots=True)
class Heirs:
    """Living records that may have taken the place of one that is gone; `known`: a match key says so, and none contradicts it."""

    links: list[Link]
    known: bool


def bereave(turn: Turn, link: Link, side: Side, *, since: int) -> None:
    """A record was found gone: whether it was merged is looked at as the decision ends, and when one of its keys appears again.

    `since`: a sweep of the side that began later shows every survivor; 0 when the loss was proved by one. Of a flow in which nothing could
    ever tell a survivor none is waited for.
    """
    link.side(side).undecided = since if _could_tell(turn, link.flow) else 0
    turn.progress().bereft_at[f"{link.flow}/{side}"] = turn.now
    for rule in _telling(turn.mapping(link.flow)):
        key = key_of(link, side, turn.mapping(link.flow), rule)
        if key is not None:
            pages.add(turn, f"gone/{link.flow}/{side}/{key}", link.id)


def look_for_survivors(turn: Turn) -> None:
    """Look at the losses of this decision, and at earlier ones whose survivor may have shown in it."""
    if not (turn.handed or turn.tightened or turn.bereft):  # as in most decisions
        return
    handed, turn.handed = turn.handed, []
    for before, after, at in handed:
        _note(turn, before, after, at)
    for key in sorted(turn.tightened):
        _recall(turn, key)
    for _ in range(3):
        bereft, turn.bereft = turn.bereft, []
        for link_id in dict.fromkeys(bereft):
            if link := turn.link(link_id):
                _look(turn, link)


def _could_tell(turn: Turn, flow: Flow) -> bool:
    """Tell whether a survivor of the flow could show: by a match key, or by children that have to have a parent."""
    children = (row for mapping in turn.context.mapping.values() for row in mapping.rows if row.kind.reference == flow and row.required)
    return bool(_telling(turn.mapping(flow))) or any(children)


def _telling(mapping: FlowMapping) -> list[MatchRule]:
    """Return the rules that tell a survivor: those that link by themselves, and need nothing but the key to be trusted."""
    return [rule for rule in mapping.match if not (rule.unique or rule.narrows or rule.review_only)]


def _note(turn: Turn, before: str, after: str, at: int) -> None:
    """Remember who took over a child of a record."""
    link = turn.link_of(before)
    side = next((side for side in SIDES if link and ref_of(link, side) == before), None)
    if link is None or side is None:
        return
    handed = {ref: when for ref, when in link.side(side).handed.items() if at - when < HANDED_MS}
    link.side(side).handed = handed | {after: at}
    turn.bereft.append(link.id)


def _recall(turn: Turn, key: str) -> None:
    """Have another look at the recent losses that a key was known by."""
    flow, side, _ = key.split("/", 2)
    if turn.now - turn.progress().bereft_at.get(f"{flow}/{side}", 0) > LATE_MS:
        return
    for link_id in pages.members(turn, f"gone/{key}"):
        link = turn.link(link_id)
        if link is not None and link.state == "orphan":
            turn.bereft.append(link_id)
        else:
            pages.discard(turn, f"gone/{key}", link_id)


def _look(turn: Turn, link: Link) -> None:
    """Tell a merge from a deletion, now or when what is in flight, or is to be read first, has come to something."""
    alive = list(living(link))
    if link.state != "orphan" or len(alive) != 1 or link.keap.pending or link.erp.pending:
        return
    side = other(alive[0])
    lost = link.side(side)
    if not lost.gone or lost.reread or (lost.undecided is None and turn.now - lost.known_at > LATE_MS):
        return
    heirs = _heirs(turn, link, side)
    for heir in lost.handed:
        if turn.link_of(heir) is None:  # its children were read before it was
            wait(turn, link, f"ref/{heir}")
    if len(heirs.links) == 1:
        _succeed(turn, link, heirs.links[0], side, known=heirs.known)
    elif heirs.links:
        refs = [ref for one in heirs.links if (ref := ref_of(one, side))]
        _to_operator(turn, link, side, f"{ref_of(link, side)} is gone, and several may have taken its place", refs)
    elif lost.undecided is not None and retire(turn, link, side):
        settle(turn, link)


def _heirs(turn: Turn, link: Link, side: Side) -> Heirs:
    mapping, lost = turn.mapping(link.flow), link.side(side)
    found: dict[str, Link] = {}
    known = False
    for rule in _telling(mapping):
        shared = sharing(turn, link, side, mapping, rule)
        for one in shared[0] if shared else ():
            if _was_there(one, side, lost.known_at) and one.id != link.id:
                found[one.id] = one
                known = known or not _contradicted(link, one, side, mapping, rule)
    for ref, at in lost.handed.items():
        heir = turn.link_of(ref)
        if heir and heir.id != link.id and ref_of(heir, side) == ref and not heir.side(side).gone and lost.known_at - at < HANDED_MS:
            found.setdefault(heir.id, heir)
    return Heirs([found[name] for name in sorted(found)], known)


def _was_there(link: Link, side: Side, at: int) -> bool:
    """A record made after another was found gone is no survivor: it is a new one."""
    return (link.side(side).created_at or 0) <= at + CLOCKS_MS


def _contradicted(link: Link, heir: Link, side: Side, mapping: FlowMapping, rule: MatchRule) -> bool:
    """Tell whether the rules that narrow a key say that two records which share it are not the same: a mailbox of several people."""
    for narrower in mapping.match[mapping.match.index(rule) + 1 :]:
        if not narrower.narrows:
            return False
        keys = [key_of(one, side, mapping, narrower) for one in (link, heir)]
        if None not in keys and keys[0] != keys[1]:
            return True
    return False


def _succeed(turn: Turn, link: Link, heir: Link, side: Side, *, known: bool) -> None:
    """One record took the place of another that is gone."""
    gone, taken = ref_of(link, side), ref_of(heir, side)
    twin = ref_of(heir, other(side))
    if twin is None and (gate := _under_way(turn, heir, side)):
        wait(turn, link, gate)
    elif twin is not None and not heir.side(other(side)).gone:
        turn.journal(link, "merged", f"{gone} was merged into {taken}", side=side)
        _to_operator(turn, link, side, f"{gone} was merged into {taken}, which has a twin of its own", refs_of(heir))
    elif known and is_open(heir, side):
        _follow(turn, link, heir, side)
    else:
        _to_operator(turn, link, side, f"{gone} is gone, perhaps merged into {taken}", refs_of(heir))


def _under_way(turn: Turn, heir: Link, side: Side) -> str | None:
    """Name the create that decides whether a survivor has a twin of its own, or whether it is the record of another link."""
    if heir.keap.pending or heir.erp.pending:
        return f"create/{heir.id}"
    return create_in_flight(turn, heir, side)


def _to_operator(turn: Turn, link: Link, side: Side, reason: str, candidates: list[str]) -> None:
    """Leave the twin to an operator; nothing becomes of it by itself, and what has is taken back."""
    twin = link.side(other(side))
    link.side(side).undecided, link.pinned = None, True
    twin.retire = "activate" if twin.retired else None
    review(turn, link, reason, candidates)
    settle(turn, link)


def _follow(turn: Turn, link: Link, heir: Link, side: Side) -> None:
    """Let a pair go on with the survivor's record; what that shows is merged as an edit, what it lacks it gets from its twin."""
    lost, state, twin = link.side(side), heir.side(side), link.side(other(side))
    gone, record = ref_of(link, side) or "", state.id or ""
    shown = {path: seen(heir, side, row) for row, path in turn.mapping(link.flow).shown[side]}
    had = {row.name: seen(link, side, row) for row, _ in turn.mapping(link.flow).shown[side] if holds(link, side, row)}
    at = max((said.at for said in heir.agreed.values()), default=0)
    with reindexed(turn, heir, side):
        state.id = None
    inherit(turn, link, heir)
    link.merged[gone] = lost.known_at
    taken = SideState(id=lost.id, unmapped=state.unmapped, version=state.version, created_at=state.created_at)
    taken.updated_at, taken.known_at, taken.written, taken.reread = state.updated_at, state.known_at, state.written, state.reread
    if side == "keap":
        link.keap = taken
    else:
        link.erp = taken
    bind(turn, link, side, record)
    with reindexed(turn, link, side):
        for row, path in turn.mapping(link.flow).shown[side]:
            if row.name in taken.unmapped:
                show(link, side, row, shown[path])
            elif shown[path] is not None and shown[path] == had.get(row.name):  # as the lost one had it, spelling included: no edit
                show(link, side, row, shown[path])
                hold(link, side, row, agreed(link, row.name).rev)
    twin.retire = "activate" if twin.retired else None
    turn.journal(link, "merged", f"{gone} was merged into {ref_of(link, side)}, the pair goes on with it", side=side)
    absorb(turn, link, side, shown, at)
    _left_unsaid(turn, link, side)
    settle(turn, link)


def _left_unsaid(turn: Turn, link: Link, side: Side) -> None:
    """A one-way field of which the survivor, its source, says nothing stays as the twin has it, as at a first link."""
    for row, _ in turn.mapping(link.flow).shown[side]:
        if not row.writes(side) and not holds(link, side, row) and canonical(link, side, row) is None:
            kept = agreed(link, row.name).value
            hold(link, side, row, link.rev)
            turn.journal(link, "tolerated", UNSAID, side=side, field=row.name, won=str(kept))
