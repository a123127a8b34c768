"""Random worlds end equal: nothing lost, nothing twice, nothing echoes."""

from __future__ import annotations

import os
from random import Random

import pytest

from schemas.flows import FLOWS, SIDES
from tests.simulation.people import People
from tests.simulation.world import World

SEEDS = range(int(os.environ.get("KEAPSYNC_SEEDS", "200")))


def run(seed: int) -> World:
    """Run one world to its end."""
    random = Random(seed)
    world = World(random, stamps=random.random() < 0.8, slots=random.choice((1, 2, 8)), habits=random.random() < 0.3)
    people = People(world, random)
    world.human = people.act  # type: ignore[method-assign]
    people.settle_in()
    marks = [(side, flow) for side in SIDES for flow in FLOWS]
    random.shuffle(marks)
    for _ in range(random.randrange(60, 160)):
        step = random.random()
        if marks and step < 0.1:
            world.poll(*marks.pop(), mark=True)
        elif step < 0.3:
            world.poll(random.choice(SIDES), random.choice(FLOWS))
        elif step < 0.6:
            world.sync(random.randrange(1, 9))
        elif step < 0.85:
            world.write(random.choice(SIDES))
        elif step < 0.88:
            world.crash_sync()
        else:
            people.act()
        world.now += random.randrange(700)
    for mark in marks:
        world.poll(*mark, mark=True)
    world.quiet()
    return world


@pytest.mark.parametrize("seed", SEEDS)
def test_a_random_world_converges(seed: int) -> None:
    """After quiet both systems are equal, no record was made twice and nothing is written any more."""
    world = run(seed)
    people = world.human.__self__  # type: ignore[attr-defined]
    people.check()
