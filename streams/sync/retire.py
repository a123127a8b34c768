"""What happens to the twin of a record that is gone: kept, switched off or deleted, by the flow's policy for that side.

A delete needs proof on one side and no fresh edit on the other: whatever the twin's people changed since sends the pair to review. A
record that comes back takes its switched-off twin with it; one whose twin is gone by then is left to an operator.
"""

from __future__ import annotations

from schemas.flows import SIDES, Side, other
from streams.sync.fields import ref_of, refs_of
from streams.sync.settle import review, to_operator, wait
from streams.sync.state import Link
from streams.sync.turn import Turn


def retire(turn: Turn, link: Link, gone: Side) -> bool:
    """Note what is to be done to the twin of a record that is gone from side `gone`; True when there is something.

    Not before a sweep of that side would have shown who took the record's place: until then the link waits for one. Before a delete is
    issued the twin is looked at again.
    """
    twin, lost = other(gone), link.side(gone)
    policy = turn.mapping(link.flow).deletes.get(twin, "keep")
    place = f"{link.flow}/{gone}"
    if policy == "keep":
        lost.undecided = None
        return False
    if turn.progress().swept.get(place, 0) < (lost.undecided or 0):
        wait(turn, link, f"sweep/{place}")
        return False
    lost.undecided = None
    link.side(twin).retire = policy
    return True


def retired(turn: Turn, link: Link, twin: Side) -> None:
    """The twin was switched off, or deleted, as decided; its record may have come back meanwhile."""
    state = link.side(twin)
    state.retire, state.retired = None, not state.gone
    turn.journal(link, "retired", f"{ref_of(link, twin)} was {'deleted' if state.gone else 'switched off'}", side=twin)
    if not link.side(other(twin)).gone:
        come_back(turn, link, other(twin))


def come_back(turn: Turn, link: Link, side: Side) -> None:
    """A record that was gone from `side` is there again."""
    twin = link.side(other(side))
    if twin.gone:
        to_operator(turn, link, f"{ref_of(link, side)} is back, its twin is gone")
        return
    if twin.pending is None or twin.pending.command.op not in ("deactivate", "delete"):
        twin.retire = "activate" if twin.retired else None
    if link.state == "orphan":
        whole = all(link.side(each).id is not None for each in SIDES)
        turn.progress().pairs[link.flow] = turn.progress().pairs.get(link.flow, 0) + whole
        link.state = "linked" if whole else "review" if link.pinned else "half"
    elif link.state == "review":
        review(turn, link, f"{ref_of(link, side)} is back", refs_of(link))
