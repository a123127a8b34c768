"""A Change: which link, stale or not, what it edits.

Unknown records are told apart by, in order: our stamp, the creates under way (a gate of the half link), the match rules (before its
create), and failing those a new half link whose id derives from the record's ref.
"""

from __future__ import annotations

from schemas.flows import Side
from schemas.records import Change
from streams.sync.departed import remember
from streams.sync.fields import agreed, holds, ref_of, refs_of
from streams.sync.freshness import judge
from streams.sync.gates import create_in_flight
from streams.sync.index import reindexed
from streams.sync.merge import absorb, differs
from streams.sync.merged import bereave
from streams.sync.pair import bind
from streams.sync.retire import come_back
from streams.sync.rows import is_stamp, link_id
from streams.sync.settle import review, settle
from streams.sync.state import Link, SideState
from streams.sync.turn import Turn, newest


def on_change(turn: Turn, change: Change) -> None:
    """Take in what a side showed."""
    link = turn.link_of(change.ref) or _unknown(turn, change)
    if link is None:
        return
    if link.side(change.side).id != change.id and (link := _former(turn, link, change)) is None:
        return
    accept(turn, link, change)
    settle(turn, link)


def _former(turn: Turn, link: Link, change: Change) -> Link | None:
    """Drop the news of a record that a pair once had; one that was merged away and is there again is a half of its own, in review."""
    since = link.merged.get(change.ref)
    if since is None or change.op == "delete" or change.read_at <= since + turn.context.lag[change.side]:
        turn.journal(link, "dropped", f"{change.ref} is a former record of this pair", side=change.side)
        return None
    back = _open(turn, change, _free_id(turn, change))
    back.pinned = True
    turn.journal(back, "returned", f"{change.ref} is back", side=change.side)
    review(turn, back, f"{change.ref} is back after it was merged into {ref_of(link, change.side)}", refs_of(link))
    return back


def _unknown(turn: Turn, change: Change) -> Link | None:
    """Return the link of a record nobody has seen before; None when there is nothing to keep of it."""
    if change.op == "delete":
        remember(turn, change)
        return None
    derived = link_id(turn.connection, change.ref)
    stamp = change.fields.get(turn.mapping(change.flow).stamp.get(change.side, ""))
    named = str(stamp) if is_stamp(stamp) else derived
    marked = turn.link(named)
    if marked is None:
        return _open(turn, change, named)
    if marked.flow == change.flow and _vacant(marked, change.side):
        bind(turn, marked, change.side, change.id)
        turn.journal(marked, "linked", f"by stamp: {' and '.join(refs_of(marked))}", side=change.side)
        return marked
    link = _open(turn, change, _free_id(turn, change))
    if is_stamp(stamp):
        link.pinned = True
        review(turn, link, "carries the stamp of a pair that has or had another record", refs_of(marked))
    return link


def _free_id(turn: Turn, change: Change) -> str:
    """Return the id that derives from a record, another one where that belongs to a pair the record was part of."""
    derived = link_id(turn.connection, change.ref)
    return derived if turn.link(derived) is None else link_id(turn.connection, f"{change.ref}#{change.read_at}")


def _vacant(link: Link, side: Side) -> bool:
    return link.side(side).id is None and not any(ref.startswith(f"{side}/") for ref in link.former)


def _open(turn: Turn, change: Change, new_id: str) -> Link:
    link = Link(new_id, change.connection, change.flow)
    link.bulk = f"{change.flow}/{change.side}" not in turn.progress().snapshots
    turn.add_link(link)
    bind(turn, link, change.side, change.id)
    return link


def accept(turn: Turn, link: Link, change: Change) -> None:
    """Merge a change into its link, or keep it, drop it, ask again."""
    state = link.side(change.side)
    if state.pending is not None:
        state.deferred = newest(state.deferred, change)
        return
    if change.op == "delete" and state.gone:
        return
    verdict = judge(state, change, lag=turn.context.lag[change.side], rounded=turn.context.rounded[change.side])
    if verdict == "unsure" and change.op == "upsert" and not state.gone and not differs(turn, link, change.side, change.fields):
        return
    if verdict == "unsure":
        state.reread = True
    elif verdict == "fresh" and change.op == "delete":
        # A slow answer shows what came after its request went out: whoever took its place was made before it went, not before that.
        vanish(turn, link, change.side, max(change.read_at, change.edited_at), swept=change.capture == "reread")
    elif verdict == "fresh":
        take(turn, link, change)


def take(turn: Turn, link: Link, change: Change) -> None:
    """Take a change as the truth about its side."""
    state = link.side(change.side)
    if state.gone:
        _returned(turn, link, change)
    turn.author = change.updated_by
    doubtful = state.reread and _too_early(turn, link, change)
    observe(state, change, written=False)
    state.reread = doubtful
    if link.state == "half" and create_in_flight(turn, link, change.side):
        state.deferred = change  # it may turn out to be the record of that create
    absorb(turn, link, change.side, change.fields, turn.by_now(change.edited_at, change.read_at))


def _too_early(turn: Turn, link: Link, change: Change) -> bool:
    """Tell whether a reading was made before an edit of the other side that is still to be taken over: it knows of no rival to that.

    What was asked for is none, whatever the clocks say.
    """
    if change.capture == "reread":
        return False
    rows = turn.mapping(link.flow).written[change.side].values()
    proven = turn.context.proven_at(change.side, change.read_at)
    return any(agreed(link, row.name).at > proven and not holds(link, change.side, row) for row in rows)


def observe(state: SideState, change: Change, *, written: bool) -> None:
    """Note how new the knowledge of a side is."""
    state.version = change.version if change.version is not None else state.version
    if change.updated_at is not None:
        state.updated_at = change.updated_at
    state.created_at = change.created_at - change.skew_ms if change.created_at is not None else state.created_at
    state.known_at = change.read_at  # even if the answer to a write of ours came later: what it showed is older
    state.written, state.reread = written, False


def vanish(turn: Turn, link: Link, side: Side, at: int, *, swept: bool = False) -> None:
    """A record is gone, as a sweep proved or another answer: it is never made again. Merged or deleted is told as the decision ends."""
    state = link.side(side)
    known = state.gone
    with reindexed(turn, link, side):
        state.gone = True
    state.reread, state.known_at = False, max(state.known_at, at)
    if state.deferred is not None and state.deferred.read_at <= at:
        state.deferred = None
    if known:
        return
    turn.journal(link, "orphan", f"{ref_of(link, side)} is gone", side=side)
    if link.state == "ignored":
        return
    if link.state == "linked":
        turn.progress().pairs[link.flow] -= 1
    link.state, link.gate = "orphan", None
    bereave(turn, link, side, since=0 if swept else state.known_at)


def _returned(turn: Turn, link: Link, change: Change) -> None:
    with reindexed(turn, link, change.side):
        link.side(change.side).gone = False
    link.side(change.side).undecided = None
    turn.journal(link, "returned", f"{change.ref} is back", side=change.side)
    come_back(turn, link, change.side)
