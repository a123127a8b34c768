"""People who merge two records of a system into one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Final

from schemas.flows import FLOWS, SIDES, Fields, Flow, Side
from streams.mapping.rows import Row
from tests.simulation.oracle import Merge
from tests.simulation.systems import Stored, System

if TYPE_CHECKING:
    from tests.simulation.options import Options
    from tests.simulation.people import People
    from tests.simulation.world import World

MERGED: Final[dict[Flow, tuple[str, ...]]] = {"contact": ("email",), "company": ("email", "name")}
"""Flows whose records are merged, with the rows of their surest match rule."""
IDENTITY: Final = ("name", "first_name", "last_name", "email")
"""What a second record of the same thing shows too."""


def with_merges(options: Options, seed: int) -> Options:
    """Let people of some worlds merge; drawn apart, so that the other worlds stay what they are."""
    return replace(options, merge=Random(f"merges {seed}").choice((0.0, 0.0, 0.0, 0.15)))


def duplicate_or_merge(people: People) -> None:
    """Make a record that is there already a second time, or merge two of one system."""
    side, flow = people.random.choice(SIDES), people.random.choice(tuple(MERGED))
    records, doubles = people.systems[side].living(flow), people.oracle.duplicates
    if records and people.random.random() < 0.4:
        _duplicate(people, side, people.random.choice(records))
    elif doubles and people.random.random() < 0.7:
        side, *two = doubles.pop(people.random.randrange(len(doubles)))
        loser, survivor = (people.systems[side].records[each] for each in people.random.sample(two, 2))
        if not loser.deleted and not survivor.deleted:
            _merge(people, side, loser, survivor)
    elif len(records) > 1:
        _merge(people, side, *people.random.sample(records, 2))


def _duplicate(people: People, side: Side, record: Stored) -> None:
    rows = [(row.name, row.path(side) or "") for row in people.options.mapping[record.flow].rows]
    known = {name: record.fields[path] for name, path in rows if name in IDENTITY and record.fields.get(path) is not None}
    double = people._make(side, record.flow, known)
    people.oracle.renamed |= {record.id, double.id}
    people.oracle.duplicates.append((side, record.id, double.id))


def _merge(people: People, side: Side, loser: Stored, survivor: Stored) -> None:
    """Let a duplicate vanish, its children move, the survivor take what it lacks."""
    random, system, flow = people.random, people.systems[side], loser.flow
    taken = _taken(people, side, loser, survivor, chosen=random.random() < 0.5)
    people.oracle.renamed |= {loser.id, survivor.id}
    people.oracle.merges.append(Merge(side, flow, loser.id, survivor.id, people.oracle.number))
    people.trace.note(system.clock.now, "merged", f"{people.name} {loser.id} into {survivor.id} {taken}")
    people.edits += len(taken)
    system.patch(survivor, taken, human=True)
    people._show_groups(side, survivor)
    for child, path in _children(people, system, flow, loser.id):
        system.patch(child, {path: survivor.id}, human=True)
    system.delete(loser)


def _taken(people: People, side: Side, loser: Stored, survivor: Stored, *, chosen: bool) -> Fields:
    """Return what a survivor takes: what it lacks, a group whole; and the duplicate's keys when those are chosen."""
    rows = [(row, row.path(side) or "") for row in people.options.mapping[loser.flow].rows if row.path(side)]
    full = {row.group or row.name for row, path in rows if survivor.fields.get(path) is not None}
    keys = MERGED[loser.flow] if chosen else ()
    return {
        path: loser.fields[path]
        for row, path in rows
        if loser.fields.get(path) is not None and ((row.group or row.name) not in full or row.name in keys)
    }


def _children(people: People, system: System, flow: Flow, parent: str) -> Iterator[tuple[Stored, str]]:
    for row, path, child in _references(people.options, system.side, flow):
        for record in system.living(child):
            if record.fields.get(path) == parent and row.kind.reference == flow:
                yield record, path


def _references(options: Options, side: Side, parent: Flow) -> Iterator[tuple[Row, str, Flow]]:
    for flow in FLOWS:
        for row in options.mapping[flow].rows:
            if row.kind.reference == parent and (path := row.path(side)):
                yield row, path, flow


def notice(world: World) -> None:
    """Let every loss be noticed: two sweeps do not show the record, then it is asked for."""
    for _ in range(2 if world.options.merge else 0):
        for name in world.options.connections:
            for flow in world.options.mapping:
                world.poller.sweep_all(name, flow)
        world.rest()
