"""People who type the same into both systems, as they did before there was a sync, and think better of it the next moment."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import TYPE_CHECKING, Final

from schemas.errors import MappingError
from schemas.flows import SIDES, Side, Value, other
from streams.mapping.rows import Row
from streams.sync.fields import ref_of
from streams.sync.state import Link
from tests.simulation.people import EDITED, People

if TYPE_CHECKING:
    from tests.simulation.world import World

SOON_MS: Final = 900
READ: Final = 12
"""The most steps that readers make between two of them."""
REFERRED: Final = 0.5
"""How often it is a reference: only those, and booleans, come to say the same again by themselves."""
Step = tuple[Side, Value]
"""Who types what, in native form."""


def enter_twice(world: World, random: Random) -> None:
    """Somebody edits a field of a pair, and soon again; meanwhile a colleague types the same, or something else, on the other side."""
    pairs = [link for link in world.links() if link.state == "linked" and not (link.keap.gone or link.erp.gone)]
    if not pairs:
        return
    link = random.choice(pairs)
    people = world.connections[link.connection].people
    names = EDITED[link.flow]
    row = people.options.mapping[link.flow].row(
        "customer_id" if "customer_id" in names and random.random() < REFERRED else random.choice(names)
    )
    for side, value in _steps(world, random, people, link, row):
        record = world.stored(link, side)
        if row.path(side) and record and not record.deleted:
            people.write(side, record, row, value)
        world.pass_time(random.randrange(SOON_MS))
        for _ in range(random.randrange(READ)):
            world.poller.step()


def _steps(world: World, random: Random, people: People, link: Link, row: Row) -> Iterator[Step]:
    one: Side = random.choice(SIDES)
    two = other(one)
    record = world.stored(link, one)
    stood = record.fields.get(row.path(one) or "") if record else None
    said = people.value(one, row.name)
    if random.random() < 0.5:
        steps = [(two, _translated(world, link, row, one, said)), (one, people.value(one, row.name))]
    else:
        steps = [(two, people.value(two, row.name)), (one, stood)]
    random.shuffle(steps)
    yield one, said
    yield from steps


def _translated(world: World, link: Link, row: Row, side: Side, native: Value) -> Value:
    """Return a native value as somebody would type it on the other side."""
    try:
        value = row.kind.read(side, native)
        if row.kind.reference is None or value is None:
            return row.kind.write(other(side), value)
    except MappingError:
        return None
    owner = next((each for each in world.links() if each.connection == link.connection and ref_of(each, side) == value), None)
    return owner and owner.side(other(side)).id
