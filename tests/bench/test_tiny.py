"""Every benchmark runs to its end at a tiny size; none is timed here."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bench import agent, decide, first_link, latency, link_size, recovery, simulation, workers
from bench.events import World
from bench.figures import Figure
from bench.kafka import Broker
from bench.sizes import TINY, Sizes
from schemas.flows import SIDES

Benchmark = Callable[[Sizes, Broker, Path], list[Figure]]
ON_A_BROKER: dict[str, Benchmark] = {
    "agent": partial(agent.run, rivals=("bare",)),
    "recovery": recovery.run,
    "workers": workers.run,
    "first-link": first_link.run,
}


def test_the_events_lead_to_one_command_per_edit() -> None:
    """Else the figures would be about something else: every edit is written to the other side, every echo is dropped."""
    world = World()
    for event in world.load(50):
        world.decide(event)
    assert world.issued == []
    edits = sum(len(events) for kind, events in world.life(100) if kind == "edit")
    assert len(set(world.issued)) == edits


def test_a_world_is_the_same_for_the_same_seed() -> None:
    """Whoever decides on its events has to issue these very commands."""

    def issued() -> list[str]:
        world = World(seed=7)
        for event in world.load(20):
            world.decide(event)
        for _ in world.life(30):
            pass
        return world.issued

    assert issued() == issued()


@pytest.mark.parametrize("run", [decide.run, link_size.run, simulation.run])
def test_what_needs_no_broker_is_measured(run: Callable[[Sizes], list[Figure]]) -> None:
    """Each figure has a value."""
    assert all(figure.value > 0 for figure in run(TINY))


@pytest.mark.broker
@pytest.mark.parametrize("name", ON_A_BROKER)
def test_a_benchmark_on_the_broker_runs_to_its_end(name: str, own_broker: Broker, tmp_path: Path) -> None:
    """It raises when what comes out is not what the core says."""
    assert all(figure.value > 0 for figure in ON_A_BROKER[name](TINY, own_broker, tmp_path))


@pytest.mark.e2e
def test_edits_are_followed_through_the_whole_system(tmp_path: Path) -> None:
    """Both servers, all workers, each edit applied; a leg may take less than the clock tells. The servers themselves count the calls."""
    figures = {figure.name: figure.value for figure in latency.run(TINY, tmp_path)}
    assert all(value >= 0 for value in figures.values())
    assert {side: figures[f"API calls per edit: {side}"] for side in SIDES} == {"keap": 2, "erp": 1}
