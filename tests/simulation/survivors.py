"""What must come of a merge: it is no deletion, and children follow the survivor."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from schemas.flows import SIDES, Side, other
from streams.mapping.rows import Row
from streams.sync.fields import canonical, ref
from streams.sync.state import Link
from tests.simulation.ended import Ended, Pair, name_of
from tests.simulation.merges import MERGED
from tests.simulation.oracle import Merge
from tests.simulation.systems import Stored
from tests.simulation.world import Connection


def merges_are_no_deletions(ended: Ended) -> Iterator[str]:
    """Nobody takes the twin of a merged record for that of a deleted one, where a match key of the one stands in the other."""
    for one in ended.world.connections.values():
        for each in one.oracle.merges:
            link = ended.links.get((one.name, ref(each.flow, each.side, each.loser)))
            survivor = one.systems[each.side].records[each.survivor]
            if link is None or link.state != "orphan" or survivor.deleted or {each.loser, each.survivor} & one.oracle.touched:
                continue
            heir = ended.links.get((one.name, ref(each.flow, each.side, each.survivor)))
            if heir is not None and heir.state == "ignored":  # an operator's word: it has nothing to do with any other
                continue
            twin = link.side(other(each.side))
            noticed = link.side(each.side).gone and not _was_gone_for(ended, link, each)
            if noticed and twin.id and not twin.gone and _shares_its_keys(ended, link, each, survivor):
                yield f"{link.id} {each.loser} merged into {each.survivor}"


def _was_gone_for(ended: Ended, link: Link, merge: Merge) -> bool:
    """Tell whether a record had been deleted before, and was merged when it was back and nobody had noticed."""
    back = ended.world.connections[link.connection].oracle.back.get((merge.side, merge.loser))
    told = [entry.at for entry in ended.world.topics.journal if (entry.link, entry.kind, entry.side) == (link.id, "orphan", merge.side)]
    return back is not None and bool(told) and max(told) < back.at


def _shares_its_keys(ended: Ended, link: Link, merge: Merge, survivor: Stored) -> bool:
    for name in MERGED[merge.flow]:
        row = ended.world.options.mapping[merge.flow].row(name)
        lost = canonical(link, merge.side, row)
        kept = row.kind.read(merge.side, survivor.fields.get(row.path(merge.side) or ""))
        if lost is None or kept is None or row.kind.key(lost) != row.kind.key(kept):
            return False
    return True


def succeeded(ended: Ended, name: str, link_id: str, side: Side) -> Iterator[str]:
    """Yield what a link had and is gone, where a record it did not make shows a match key of it: merged, as far as anybody can tell."""
    one = ended.world.connections[name]
    link = next((each for each in ended.links.values() if (each.connection, each.id) == (name, link_id)), None)
    for former in link.merged if link else ():
        lost = one.systems[side].records.get(former.rsplit("/", 1)[1])
        left = lost is not None and (lost.deleted or _is_back(ended, name, link_id, former))
        if lost and left and any(_once_shared(ended, side, lost, heir) for heir in _not_made_by(ended, one, side, link_id)):
            yield lost.id


def _is_back(ended: Ended, name: str, link_id: str, former: str) -> bool:
    """Tell whether a record that was merged away came back, which an operator was told."""
    own = ended.links.get((name, former))
    return own is not None and own.id != link_id and own.state == "review"


def _not_made_by(ended: Ended, one: Connection, side: Side, link_id: str) -> Iterator[Stored]:
    issued = ended.world.watch.issued
    for record in one.systems[side].records.values():
        if record.command is None or issued[record.command.partition("#")[0]].link != link_id:
            yield record


def have_rivals(ended: Ended, one: Connection, twins: dict[Side, str]) -> bool:
    """Tell whether any other record ever showed what one of two twins is known by: only then somebody has to decide."""
    for side, twin in twins.items():
        records = one.systems[side].records
        if any(_once_shared(ended, side, records[twin], each) for each in records.values()):
            return True
    return False


def _once_shared(ended: Ended, side: Side, lost: Stored, heir: Stored) -> bool:
    """Tell whether two records ever showed the same in every field of a match rule."""
    mapping = ended.world.options.mapping[lost.flow]

    def said(record: Stored, name: str) -> set[str]:
        path = mapping.row(name).path(side) or ""
        return {str(state.fields[path]).casefold().strip() for state in record.states if path in state.fields}

    rules = [rule.fields for rule in mapping.match if not (rule.unique or rule.narrows)]
    same = heir.flow == lost.flow and heir.id != lost.id
    return same and any(all(said(lost, name) & said(heir, name) for name in fields) for fields in rules)


def children_follow(ended: Ended) -> Iterator[str]:
    """No pair refers to a survivor on one side and to the twin of the record that was merged into it on the other."""
    for pair in ended.pairs:
        for row in ended.rows(pair):
            for merge in pair.oracle.merges:
                withheld = (pair.link.id, row.name) in ended.withheld  # an operator left it with the other
                if row.kind.reference == merge.flow and not withheld and _left_behind(ended, pair, row, merge):
                    yield f"{name_of(pair)} {row.name}: {merge.loser} was merged into {merge.survivor}"


def _left_behind(ended: Ended, pair: Pair, row: Row, merge: Merge) -> bool:
    here, there = merge.side, other(merge.side)
    names = {side: pair.records[side].fields.get(row.path(side) or "") for side in SIDES}
    heir, left = (ended.links.get((pair.link.connection, ref(merge.flow, s, str(names[s])))) for s in (here, there))
    if names[here] != merge.survivor or heir is None or left is None or left.side(here).id != merge.loser:
        return False
    if pair.connection.systems[there].records[str(names[there])].deleted:  # nobody can say who took that one's place
        return False
    history = pair.oracle.history[here, pair.records[here].id, row.path(here) or ""]
    if not any((one.value, two.value, two.human) == (merge.loser, merge.survivor, True) for one, two in pairwise(history)):
        return False  # it was not the lost one's when that was merged
    taken = ended.world.agent.taken[pair.link.connection, here, pair.records[here].id]
    if not any(change.fields.get(row.path(here) or "") == merge.loser for change in taken):
        return False  # or nobody was ever shown that it was
    said = pair.oracle.latest(there, pair.records[there].id, row.path(there) or "")
    chosen = said is not None and said.number > merge.number  # somebody chose the twin that is left
    return heir.state == "linked" and not chosen and not _lost_to_it(ended, pair, row, left)


def _lost_to_it(ended: Ended, pair: Pair, row: Row, left: Link) -> bool:
    """Tell whether a conflict that was journaled chose the pair that is left: the child was merged too, into one that names it."""
    journal = ended.world.topics.journal
    verdicts = [entry for entry in journal if (entry.link, entry.kind, entry.field) == (pair.link.id, "conflict", row.name)]
    return bool(verdicts) and ended.links.get((pair.link.connection, verdicts[-1].won or "")) is left
