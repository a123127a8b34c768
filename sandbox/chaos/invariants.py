"""The invariants of docs/design.md, section 10, each as a predicate over the evidence; each returns a sentence per violation."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from console.read_model.letters import sort_letters
from console.read_model.links import refs
from sandbox.chaos.evidence import Evidence
from sandbox.chaos.kinds import NAMED
from sandbox.chaos.people import Edit, Newcomer
from sandbox.chaos.writes import ref_of
from sandbox.demo.quiet import unsettled
from schemas.codec import expect
from schemas.errors import SchemaError
from schemas.flows import SIDES, Side, entity_of
from schemas.records import Command, DeadLetter
from streams.sync.state import Link


def one_record_per_link(evidence: Evidence) -> Iterator[str]:
    """3: no stamp is carried by two records of a side, no record belongs to two links."""
    for (side, flow), stamps in evidence.stamps.items():
        yield from (f"{side} {flow}: {', '.join(ids)} carry the stamp {stamp}" for stamp, ids in stamps.items() if len(ids) > 1)
    owners = Counter(ref for link in evidence.links.all for ref in refs(link).values())
    yield from (f"{ref} belongs to {count} links" for ref, count in owners.items() if count > 1)


def newcomers_are_pairs(evidence: Evidence, newcomers: list[Newcomer]) -> Iterator[str]:
    """3, 1: what people added is there once on each side; what was never answered, once or not at all."""
    for each in newcomers:
        flow = each.birth.flow
        found = {side: _marked(evidence, each, side) for side in SIDES}
        if each.id is not None and each.id not in found[each.birth.side]:
            yield f"{flow} {each.mark}: was added to {each.birth.side} as {each.id} and is not there"
        if len(found["keap"]) != len(found["erp"]) or len(found["keap"]) > 1:
            yield f"{flow} {each.mark}: keap has {found['keap']}, the ERP {found['erp']}"


def arrived(evidence: Evidence, newcomer: Newcomer) -> bool:
    """Tell whether an addition is there."""
    return bool(_marked(evidence, newcomer, newcomer.birth.side))


def _marked(evidence: Evidence, newcomer: Newcomer, side: str) -> list[str]:
    flow = newcomer.birth.flow
    records = evidence.world.records[side, flow]  # type: ignore[index]
    return [record_id for record_id, fields in records.items() if newcomer.mark in str(fields.get(NAMED[flow])).lower()]


def creates_are_bound(evidence: Evidence) -> Iterator[str]:
    """3: every record our workers made belongs to a link."""
    bound = {ref for link in evidence.links.all for ref in refs(link).values()}
    yield from (f"{ref} was made by a worker and belongs to no link" for _, ref in _made(evidence) if ref not in bound)


def creates_are_asked_for(evidence: Evidence) -> Iterator[str]:
    """3: no worker made a record more often than commands ask for, whatever became of the records."""
    wanted = Counter((command.link, command.side) for command in evidence.commands if command.op == "create")
    links = {ref: link.id for link in evidence.links.all for ref in refs(link).values()}
    made = Counter((links[ref], side) for side, ref in _made(evidence) if ref in links)
    for (link, side), count in made.items():
        if count > wanted[link, side]:
            yield f"{link}: {count} records made in {side} for {wanted[link, side]} creates"


def _made(evidence: Evidence) -> Iterator[tuple[Side, str]]:
    """Yield the records that workers made."""
    for side, calls in evidence.calls.items():
        yield from ((side, ref_of(side, call)) for call in calls if call.by_worker and call.method == "POST")


def groups_move_as_one(evidence: Evidence, edits: Iterable[Edit]) -> Iterator[str]:
    """1: what people wrote at once, an address, is there as one of them wrote it; not a part of it."""
    links = {ref: link for link in evidence.links.all if link.state == "linked" for ref in refs(link).values()}
    written: defaultdict[tuple[str, str, int], list[Edit]] = defaultdict(list)
    for edit in edits:
        written[f"{edit.side}/{entity_of(edit.flow, edit.side)}/{edit.id}", edit.row.partition(".")[0], edit.sent_at].append(edit)
    parts: defaultdict[str, list[list[bool]]] = defaultdict(list)
    for (ref, group, _), many in written.items():
        if len(many) > 1 and (link := links.get(ref)):
            parts[f"{link.flow} {link.id}: {group}"].append([_is_there(evidence, link, edit) for edit in many])
    for name, tries in parts.items():
        if any(map(any, tries)) and not any(map(all, tries)):
            yield f"{name} is of no single edit"


def _is_there(evidence: Evidence, link: Link, edit: Edit) -> bool:
    return evidence.world.same(link.flow, edit.row, edit.value, evidence.world.shown(link.flow, "keap", link.keap.id, edit.row))


def nothing_is_deleted(evidence: Evidence) -> Iterator[str]:
    """5: nobody deletes in a storm, and the policy is `keep`: a worker that deletes was deceived."""
    for side, calls in evidence.calls.items():
        yield from (f"{side}: a worker deleted {call.entity} {call.id}" for call in calls if call.by_worker and call.method == "DELETE")


def connections_are_apart(evidence: Evidence, others: Iterable[Evidence]) -> Iterator[str]:
    """7: no record carries the stamp of another connection's pair, and no command is for such a pair.

    What else could cross over is not equal, lost or double: both have the same records, and no value is given in both.
    """
    foreign = {link.id for other in others for link in other.links.all}
    for (side, flow), stamps in evidence.stamps.items():
        yield from (f"{side} {flow}: {', '.join(ids)} carry another's stamp {stamp}" for stamp, ids in stamps.items() if stamp in foreign)
    yield from (f"{command.id} is for another's pair {command.link}" for command in evidence.commands if command.link in foreign)


def no_create_before_both_snapshots(evidence: Evidence) -> Iterator[str]:
    """5."""
    flows = {link.id: link.flow for link in evidence.links.all}
    for command in evidence.commands:
        flow = flows.get(command.link)
        if command.op != "create" or flow is None:
            continue
        for side in SIDES:
            if command.issued_at < evidence.marked_at.get((flow, side), 0) or (flow, side) not in evidence.marked_at:
                yield f"{command.id}: {flow} created in {command.side} before the snapshot of {side}"


def commands_are_numbered(evidence: Evidence) -> Iterator[str]:
    """6: no command id twice, and the numbers of a link rise on each side."""
    ids = Counter(command.id for command in evidence.commands)
    yield from (f"the command {name} was issued {count} times" for name, count in ids.items() if count > 1)
    last: defaultdict[tuple[str, str], int] = defaultdict(int)
    for command in evidence.commands:
        if command.seq <= last[command.link, command.side]:
            yield f"{command.link}: number {command.seq} after {last[command.link, command.side]} on {command.side}"
        last[command.link, command.side] = command.seq


def nothing_waits_or_died(evidence: Evidence) -> Iterator[str]:
    """6: nothing is in flight or behind a gate that opens by itself; there is no dead letter.

    But of a create that came through since: of an order, while nobody had seen yet that its contact had moved to another customer.
    """
    yield from unsettled(evidence.links)
    letters = sort_letters(evidence.letters, evidence.links)
    for letter in (*letters.open, *(each for each in letters.done if not _of_a_create(each))):
        yield f"dead letter of {letter.stage}: {letter.error}: {letter.message}"


def _of_a_create(letter: DeadLetter) -> bool:
    try:
        return letter.stage == "write" and expect(letter.value_bytes, Command).op == "create"
    except SchemaError:
        return False
