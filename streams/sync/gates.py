"""Why a create has to wait: the gates, in order, each with a name.

snapshot/<flow> · create/<link> (that link's create may turn out to be this record) · direction · filter and what the target requires ·
ref/<record> · approval/<flow> · pilot. The match rules are asked when the first two are open, each time anew (`settle.pair_up`); the slot
comes after all.
"""

from __future__ import annotations

from typing import Final

from schemas.flows import SIDES, Flow, Side, Value, other
from streams.sync import pages
from streams.sync.derived import derived, unwritten
from streams.sync.fields import agreed, canonical, refs_of
from streams.sync.index import keys_of
from streams.sync.slots import creating
from streams.sync.state import Link
from streams.sync.turn import Turn

CLOCKS_MS: Final = 5_000
"""Two clocks and a rounded second: a record counts as older than a create only when it is older by more than this."""


def snapshots(turn: Turn, flow: Flow) -> str | None:
    """No create, and no match, before both sides of the flow were read whole."""
    done = turn.progress().snapshots
    return None if all(f"{flow}/{side}" in done for side in SIDES) else f"snapshot/{flow}"


def create_in_flight(turn: Turn, link: Link, side: Side) -> str | None:
    """A create under way on this record's own side may be this very record: it shares a match key or was issued before we appeared."""
    created, rivals = link.side(side).created_at, creating(turn, side, link.flow)
    theirs = [f"{link.flow}/{other(side)}/{key.split('/', 2)[2]}" for key in keys_of(turn, link, side)] if rivals else []
    for link_id, issued_at in rivals:
        if link_id == link.id:
            continue
        newer = created is None or issued_at - CLOCKS_MS <= created
        if (newer or any(pages.holds(turn, key, link_id) for key in theirs)) and turn.link(link_id) is not None:
            return f"create/{link_id}"
    return None


def direction(turn: Turn, link: Link, target: Side) -> str | None:
    """The flow creates records on the target at all."""
    return None if target in turn.mapping(link.flow).creates else "direction"


def conditions(turn: Turn, link: Link, target: Side) -> str | None:
    """The flow's filter holds and what the target requires is there."""
    mapping, source = turn.mapping(link.flow), other(target)
    values: dict[str, Value] = {name: said.value for name, said in link.agreed.items()}
    for condition in mapping.creates[target]:
        for name in condition.equals:
            if name not in values:  # of a row that goes the other way nothing is agreed, but shown
                values[name] = canonical(link, source, mapping.row(name))
        if not condition.holds(values):
            return condition.gate
    return None


def references(turn: Turn, link: Link, target: Side) -> str | None:
    """Every reference the record carries has its twin: a required one always, an optional one while its twin is on its way."""
    for row in turn.mapping(link.flow).rows:
        if row.kind.reference is None or not row.writes(target):
            continue
        if row.derive and (ref := unwritten(turn, link, row, target)):
            return f"ref/{ref}"
        value = derived(turn, link, row, target) if row.derive else agreed(link, row.name).value
        if value is None:
            continue
        if turn.link_of(str(value)) is None and (gate := snapshots(turn, row.kind.reference)):
            return gate
        if awaits(turn, str(value), target, required=row.required):
            return f"ref/{value}"
    return None


def awaits(turn: Turn, ref: str, target: Side, *, required: bool) -> bool:
    """Tell whether a create has to wait for the twin of `ref` on `target`."""
    parent = turn.link_of(ref)
    if parent is None:
        return required
    if parent.side(target).id is not None and not parent.side(target).gone:
        return False
    return required or not decided(parent)


def decided(link: Link) -> bool:
    """Tell whether a link has its twin, or will not have one soon without somebody's doing."""
    if link.state != "half" or link.keap.blocked is not None or link.erp.blocked is not None:
        return True
    return link.gate is not None and link.gate.split("/", 1)[0] not in ("snapshot", "create", "ref", "slot")


def approval(turn: Turn, link: Link) -> str | None:
    """In plan mode an operator approves the creates there are; one that comes later asks again."""
    if link.flow not in turn.context.approve or link.approved:
        return None
    link.asked_at = link.asked_at or turn.now
    return None if turn.progress().approved.get(link.flow, 0) >= link.asked_at else f"approval/{link.flow}"


def pilot(turn: Turn, link: Link) -> str | None:
    """A pilot writes only what it names."""
    flows, only = turn.context.pilot_flows, turn.context.pilot_only
    if flows and link.flow not in flows:
        return "pilot"
    if not only:
        return None
    names = {link.id, *refs_of(link)} | {ref.rsplit("/", 1)[1] for ref in refs_of(link)}
    return None if names & only else "pilot"


def opened_by(link: Link) -> list[str]:
    """Return the gates that a link opens once it has its twin (or never will)."""
    return [f"ref/{ref}" for ref in (*refs_of(link), *link.merged)]
