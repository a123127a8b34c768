"""What must come of a merge: it is no deletion, and children follow the survivor."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.flows import SIDES, entity_of, other
from streams.sync.fields import canonical
from streams.sync.state import Link
from tests.simulation.ended import Ended, name_of
from tests.simulation.merges import MERGED
from tests.simulation.oracle import Merge
from tests.simulation.systems import Stored


def merges_are_no_deletions(ended: Ended) -> Iterator[str]:
    """Nobody takes the twin of a merged record for that of a deleted one, where a match key of the one stands in the other."""
    for one in ended.world.connections.values():
        for each in one.oracle.merges:
            link = ended.links.get((one.name, f"{each.side}/{entity_of(each.flow, each.side)}/{each.loser}"))
            survivor = one.systems[each.side].records[each.survivor]
            if link is None or link.state != "orphan" or survivor.deleted or {each.loser, each.survivor} & one.oracle.touched:
                continue
            twin = link.side(other(each.side))
            if link.side(each.side).gone and twin.id and not twin.gone and _shares_its_keys(ended, link, each, survivor):
                yield f"{link.id} {each.loser} merged into {each.survivor}"


def _shares_its_keys(ended: Ended, link: Link, merge: Merge, survivor: Stored) -> bool:
    for name in MERGED[merge.flow]:
        row = ended.world.options.mapping[merge.flow].row(name)
        lost = canonical(link, merge.side, row)
        kept = row.kind.read(merge.side, survivor.fields.get(row.path(merge.side) or ""))
        if lost is None or kept is None or row.kind.key(lost) != row.kind.key(kept):
            return False
    return True


def children_follow(ended: Ended) -> Iterator[str]:
    """No pair refers to a survivor on one side and to the twin of the record that was merged into it on the other."""
    for pair in ended.pairs:
        merges = {(each.side, each.survivor): each for each in pair.oracle.merges}
        for row in ended.rows(pair):
            for side in SIDES if row.kind.reference else ():
                names = {each: pair.records[each].fields.get(row.path(each) or "") for each in SIDES}
                found = merges.get((side, str(names[side])))
                if found is None or row.kind.reference is None or names[other(side)] is None:
                    continue
                heir, left = (
                    ended.links.get((pair.link.connection, f"{each}/{entity_of(row.kind.reference, each)}/{names[each]}"))
                    for each in (side, other(side))
                )
                if heir and left and heir.state == "linked" and left.side(side).id == found.loser:
                    yield f"{name_of(pair)} {row.name}: {names}"
