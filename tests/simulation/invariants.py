"""Design section 10 as named predicates over a world at rest; each yields one sentence per violation."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Final

from schemas.flows import SIDES, Side, Value, entity_of, other
from streams.mapping.rows import Row
from streams.sync import gates
from streams.sync.fields import ref_of
from streams.sync.state import Link, Progress, Slots, load
from streams.sync.turn import Turn
from tests.simulation.asked import missing_hooks_are_counted, nothing_is_created_unapproved, only_fights_freeze
from tests.simulation.edits import is_none, no_edit_is_lost, no_value_from_nowhere
from tests.simulation.ended import Ended, Pair, left_apart, name_of, shown, unmapped
from tests.simulation.survivors import children_follow, have_rivals, merges_are_no_deletions, succeeded
from tests.simulation.systems import POISON, Stored
from tests.simulation.verdicts import conflicts_go_by_policy, creates_have_what_they_need, is_closed
from tests.simulation.world import Connection


def pairs_are_equal(ended: Ended) -> Iterator[str]:
    """1. Both systems show the same, for every linked pair."""
    for pair in ended.pairs:
        for row in ended.rows(pair):
            keap, erp = (shown(row, s, pair.records[s].fields.get(row.path(s) or "")) for s in SIDES)
            if left_apart(ended, pair, row):
                continue
            if row.kind.reference:
                if not _same_parent(ended, pair, str(keap) if keap else None, str(erp) if erp else None):
                    yield f"{name_of(pair)} {row.name}: {keap} {erp}"
            elif row.direction != "both" and _edited_at_target(ended, pair, row):
                continue
            elif keap != erp and not (row.default and None in (keap, erp)):
                yield f"{name_of(pair)} {row.name}: {keap!r} {erp!r}"


def _same_parent(ended: Ended, pair: Pair, keap: str | None, erp: str | None) -> bool:
    """Tell whether two references name one pair, or a record that has no living twin."""
    one, two = (ended.links.get((pair.link.connection, ref or "")) for ref in (keap, erp))
    if one is two:
        return True
    if any(ref and (side, ref.rsplit("/", 1)[1]) in pair.oracle.gone for side, ref in zip(SIDES, (keap, erp), strict=True)):
        return True
    return any(link is not None and link.state != "linked" for link in (one, two))


def _edited_at_target(ended: Ended, pair: Pair, row: Row) -> bool:
    """Tell whether a one-way field may stay as somebody made it at its target: nobody was shown that its source changed since."""
    side: Side = "erp" if row.direction == "to_erp" else "keap"
    record = pair.records[side]
    history = pair.oracle.history[side, record.id, row.path(side) or ""]
    unsaid = pair.oracle.forgotten_at and pair.records[other(side)].fields.get(row.path(other(side)) or "") is None
    # A create whose answer was lost, and whose keys somebody changed at once: it is a record of its own, with what it was made with.
    stray = record.command is not None and ended.world.watch.issued[_command(record)].link != pair.link.id
    edited = bool(history) and history[-1].human and not _said_since(ended, pair, row, other(side), history[-1].number)
    return edited or (bool(history) and stray) or bool(unsaid)


def _said_since(ended: Ended, pair: Pair, row: Row, source: Side, number: int) -> bool:
    """Tell whether somebody edited the source of a one-way row after so many writes, and anybody was shown that."""
    said = pair.oracle.latest(source, pair.records[source].id, row.path(source) or "")
    return said is not None and said.number > number and not is_none(ended, pair, row, source, said)


def groups_move_as_one(ended: Ended) -> Iterator[str]:
    """An address is one that somebody saw when he edited it, never half of one and half of another."""
    for pair in ended.pairs:
        rows = [row for row in ended.rows(pair) if row.group]
        said = tuple(str(pair.records["erp"].fields.get(row.erp) or "").casefold().strip() for row in rows)
        withheld = any((pair.link.id, row.name) in ended.withheld for row in rows)  # an operator left a part of it as it was
        if rows and said not in pair.oracle.groups and not (pair.oracle.excused or withheld or _united(said, pair.oracle.groups)):
            yield f"{name_of(pair)}: {said}"


def _united(said: tuple[str, ...], groups: set[tuple[Value, ...]]) -> bool:
    """Two existing addresses were united where one of them said nothing."""
    halves = (tuple(value if place == kept else "" for place, value in enumerate(said)) for kept in range(len(said)))
    return all(half in groups for half in halves)


def equal_references_never_conflict(ended: Ended) -> Iterator[str]:
    """Two references to one pair are equal, however each side spells them."""
    met: dict[str, int] = {}
    for entry in ended.world.topics.journal:
        if entry.kind == "linked":
            met.setdefault(entry.link, entry.at)
        elif entry.kind == "conflict" and entry.field in ("customer_id", "contact_id"):
            one, two = (ended.links.get((entry.connection, ref or "")) for ref in (entry.won, entry.lost))
            oracle = ended.world.connections[entry.connection].oracle
            # That both are of one pair.
            told = one is not None and max(met.get(one.id, entry.at), ended.merged_at.get(one.id, 0)) < entry.at
            if one is not None and one is two and told and not oracle.forgotten_at and not oracle.touched:
                yield f"{entry.link} {entry.field}: {entry.won} {entry.lost}"


def one_record_per_link_and_side(ended: Ended) -> Iterator[str]:
    """3. and 5. Nothing is made twice, and nothing that was deleted is made again."""
    made: defaultdict[tuple[str, str, Side], list[Stored]] = defaultdict(list)
    for one in ended.world.connections.values():
        for side, system in one.systems.items():
            for record in system.records.values():
                if record.command is not None:
                    made[one.name, ended.world.watch.issued[_command(record)].link, side].append(record)
    for (name, link_id, side), records in made.items():
        oracle, offers = ended.world.connections[name].oracle, ended.world.connections[name].systems[side].offers
        known = _others(ended, name, link_id, side)
        last = max(ended.world.watch.issued[_command(record)].issued_at for record in records)
        # Deleted while the create that repeats theirs was under way: without a trace, where listings forget the deleted.
        traceless = {r.id for r in records if offers.forgets and oracle.gone.get((side, r.id), 0) > last}
        ids = ({record.id for record in records} | known) - traceless
        ids -= {each.loser for each in oracle.merges if each.survivor in ids}
        replaced = set(succeeded(ended, name, link_id, side))
        ids -= replaced
        if replaced & traceless:  # who took their place is none of ours
            ids &= {record.id for record in records}
        # With all that was known lost, what is gone when everything is read anew has never been; it may come back later.
        ids -= {each for each in ids if (side, each) in oracle.gone and oracle.forgotten_at}
        # Without stamp and key a create is known again by what it wrote: not once somebody changed that, or typed the same.
        unknown = not offers.keys and any(oracle.changed(side, record) for record in ids)
        stamped = records[0].flow in offers.stamps
        forgiven = not stamped and (oracle.forgotten_at or unknown or any(r.deleted or (side, r.id) in oracle.back for r in records))
        if len(ids) > 1 and not forgiven and not ids & oracle.touched:
            yield f"{link_id} has {sorted(ids)} on {side}"


def _command(record: Stored) -> str:
    """Return the command that made a record; a mutant's key has a suffix."""
    return (record.command or "").partition("#")[0]


def _others(ended: Ended, name: str, link_id: str, side: Side) -> set[str]:
    """Return the records that a link has or had on a side."""
    link = next((one for one in ended.links.values() if one.connection == name and one.id == link_id), None)
    if link is None:
        return set()
    refs = [*link.former, *([ref] if (ref := ref_of(link, side)) else [])]
    return {ref.rsplit("/", 1)[1] for ref in refs if ref.startswith(f"{side}/")}


def twins_are_linked(ended: Ended) -> Iterator[str]:
    """5. What is the same thing on both sides is one pair, unless somebody has to decide."""
    for one in ended.world.connections.values():
        reviewed = {entry.link for entry in ended.world.topics.journal if entry.kind == "review"}
        for flow, keap, erp in one.oracle.twins:
            gone = {record for _, record in one.oracle.gone}
            if {keap, erp} & (one.oracle.renamed | one.oracle.touched | gone):
                continue
            first, second = _link_of(ended, one, "keap", keap), _link_of(ended, one, "erp", erp)
            late = max(one.systems["keap"].records[keap].created_at, one.systems["erp"].records[erp].created_at) > ended.world.begun + 5_000
            asked = {first.id, second.id} & reviewed and have_rivals(ended, one, {"keap": keap, "erp": erp}) if first and second else False
            if first and second and first.id != second.id and not asked and not late:
                yield f"{one.name} {flow} {keap} {erp}: {first.id} {second.id}"


def _link_of(ended: Ended, one: Connection, side: Side, record: str) -> Link | None:
    flow = one.systems[side].records[record].flow
    return ended.links.get((one.name, f"{side}/{entity_of(flow, side)}/{record}"))


def nothing_is_guessed(ended: Ended) -> Iterator[str]:
    """5. Records that share their keys are left to an operator."""
    for one in ended.world.connections.values():
        for _, records in one.oracle.strangers:
            gone = {record for _, record in one.oracle.gone}
            if records & (one.oracle.renamed | one.oracle.touched | gone):
                continue
            for pair in ended.pairs:
                if pair.connection is one and {record.id for record in pair.records.values()} & records:
                    yield f"{name_of(pair)} among {sorted(records)}"


def nothing_waits_without_a_name(ended: Ended) -> Iterator[str]:
    """6. Every record has a link; what is no pair is in review, ignored, an orphan, or waits at a gate that is closed."""
    for one in ended.world.connections.values():
        for side, system in one.systems.items():
            for record in system.records.values():
                if record.deleted:
                    continue
                link = _link_of(ended, one, side, record.id)
                if link is None:
                    if not any(entry.kind == "dropped" and f"/{record.id} " in entry.detail for entry in ended.world.topics.journal):
                        yield f"{one.name} {side} {record.flow} {record.id} has no link"
                elif link.state == "half" and (why := _unnamed(ended, link, side, record)):
                    yield f"{side} {record.flow} {record.id} {link.id}: {why}"


def _unnamed(ended: Ended, link: Link, side: Side, record: Stored) -> str | None:
    if link.side(other(side)).blocked or is_closed(ended, link, side, record):
        return None
    if (link.gate or "").startswith("approval/") and not ended.world.decisions.thorough:
        return None
    if link.gate and link.gate.startswith("ref/"):
        turn = Turn(ended.world.agent.contexts[link.connection], ended.world.agent, 0, "")
        return None if gates.references(turn, link, other(side)) else f"waits at {link.gate}, which is open"
    return f"waits at {link.gate}"


def refusals_have_a_reason(ended: Ended) -> Iterator[str]:
    """6. Poison stops itself alone, and is told: who is blocked shows it; what cannot be mapped has its dead letter."""
    for link in {id(link): link for link in ended.links.values()}.values():
        records = _records(ended, link)
        # An operator parted the pair it is about: it is tried again with that.
        waits = link.state == "half" and (link.gate or "").startswith("ref/")
        blocked = link.state in ("half", "linked") and not waits and (link.keap.blocked or link.erp.blocked)
        said = [*(v for r in records for v in r.fields.values()), *(each.value for each in link.agreed.values())]
        named = link.agreed.get("contact_id")
        parent = ended.links.get((link.connection, str(named.value))) if named else None
        alone = parent is not None and any(r.deleted for r in _records(ended, parent))  # an order of a contact that is gone is nobody's
        if blocked and not alone and not any(POISON in str(value) for value in said):
            yield f"{link.id} is blocked: {blocked}"
    for pair in ended.pairs:
        for row in ended.world.options.mapping[pair.link.flow].rows:
            for side in SIDES:
                native = pair.records[side].fields.get(row.path(side) or "")
                if unmapped(row, side, native) and not _told(ended, pair, row, side, native):
                    yield f"{name_of(pair)} {row.name} of {side} is {native!r}, and no dead letter says so"


def _records(ended: Ended, link: Link) -> list[Stored]:
    return [record for side in SIDES if (record := ended.world.stored(link, side))]


def _told(ended: Ended, pair: Pair, row: Row, side: Side, native: Value) -> bool:
    """Tell whether a dead letter says it, of this link or of the half it was then."""
    told = (each for each in ended.world.topics.letters if (each.flow, each.side, each.field) == (pair.link.flow, side, row.name))
    return any(repr(native) in each.message for each in told)


def slots_are_free(ended: Ended) -> Iterator[str]:
    """6. At rest nothing is in flight and no release is open."""
    for key, row in ended.world.agent.scan(b"flow/"):
        if b"/slots/" in key and (flights := load(row, Slots).flights):
            yield f"{key.decode()} holds {sorted(flights)}"
        elif key.endswith(b"/progress") and (releases := load(row, Progress).releases):
            yield f"{key.decode()} has open {releases}"


AT_REST: Final[dict[str, Callable[[Ended], Iterator[str]]]] = {
    one.__name__: one
    for one in (
        pairs_are_equal, no_edit_is_lost, no_value_from_nowhere, groups_move_as_one, equal_references_never_conflict,
        one_record_per_link_and_side, twins_are_linked, nothing_is_guessed, nothing_waits_without_a_name,
        refusals_have_a_reason, slots_are_free, nothing_is_created_unapproved, only_fights_freeze, missing_hooks_are_counted,
        merges_are_no_deletions, children_follow, conflicts_go_by_policy, creates_have_what_they_need,
    )
}  # fmt: skip
"""Invariants of a world at rest; `judge.py` adds those that take time."""
