"""Run one seed and judge it: let it live, rest, be looked at, rest again, replay."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from random import Random
from traceback import extract_tb
from typing import Final

from schemas.flows import SIDES
from streams.sync.state import Link
from tests.simulation.deletions import ONCE_SWEPT, unnoticed
from tests.simulation.ended import Ended
from tests.simulation.features import draw_features
from tests.simulation.invariants import AT_REST
from tests.simulation.merges import notice, with_merges
from tests.simulation.options import draw
from tests.simulation.promises import PROMISED
from tests.simulation.trace import Trace
from tests.simulation.world import Restless, World, simulated

WATCHED: Final = ("no_create_before_snapshots", "one_command_in_flight", "in_flight_is_bounded", "no_echo", "connections_apart")
"""Invariants watched while the world lives (`watch.py`)."""
IN_TIME: Final = ("never_raises", "comes_to_rest", "silence", "replay_writes_nothing", "replay_ends_in_the_same_state")
"""Invariants that take time to judge."""
INVARIANTS: Final = (*AT_REST, *ONCE_SWEPT, *WATCHED, *PROMISED, *IN_TIME)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a seed."""

    seed: int
    violations: tuple[str, ...]
    """`invariant: sentence`."""
    edits: int
    events: int
    writes: int
    crashes: int
    overwrites: int
    """Edits that could not be seen before they were overwritten, on sides without versions."""
    trace: tuple[str, ...] = ()


def judge(seed: int, *, traced: bool = False) -> Verdict:
    """Run a world to its end and hold it against the invariants."""
    random = Random(seed)
    features = draw_features(Random(f"features {seed}"))
    world = World(random, with_merges(draw(random, features), seed), Trace(keep=traced))
    with simulated(world):
        try:
            world.live()
            violations = tuple(_violations(world))
        except Exception as error:  # noqa: BLE001 - the agent would make a dead letter of the event; here it is a finding
            violations = (f"never_raises: {type(error).__name__} {error} at {_place(error)}",)
    people = [one.people for one in world.connections.values()]
    return Verdict(
        seed,
        violations,
        sum(one.edits for one in people),
        world.agent.decided,
        sum(command.op != "read" for command in world.watch.issued.values()),
        world.agent.crashes + world.poller.crashes + sum(sink.crashes for sink in world.sinks.values()),
        sum(len(one.oracle.excused) for one in world.connections.values()),
        tuple(world.trace.about(violations[0])) if violations and traced else (),
    )


def _place(error: Exception) -> str:
    """Return where an error was raised: the innermost two places."""
    return " < ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(extract_tb(error.__traceback__)[-2:]))


def _violations(world: World) -> list[str]:
    try:
        world.rest()
        notice(world)
        world.promises.conclude()
        found = [*world.watch.violations, *_at_rest(world)]
        found = found or [*_silence(world), *_deletions(world), *_returns(world), *_replay(world)]
        world.promises.conclude()
    except Restless:
        return [*world.watch.violations, "comes_to_rest: commands without end"]
    return found or world.watch.violations


def _at_rest(world: World) -> list[str]:
    ended = Ended(world)
    return [f"{name}: {sentence}" for name, holds in AT_REST.items() for sentence in holds(ended)]


def _silence(world: World) -> list[str]:
    """4. After convergence nothing is written, however often everything is read again; a deletion that is found begins it anew."""
    for round_ in range(3):
        known, first = _gone(world), {side: len(log) for side, log in world.topics.commands.items()}
        for name in world.options.connections:
            for flow in world.options.mapping:
                world.poller.sweep_all(name, flow)
        world.rest()
        late = [command for side, log in world.topics.commands.items() for command in log[first[side] :] if command.op != "read"]
        if known == _gone(world):
            found = [f"silence: {command.op} {command.link} {command.side} {command.fields}" for command in late]
            return found or (_at_rest(world) if round_ else [])
    return _at_rest(world)


def _gone(world: World) -> tuple[int, int, int]:
    """Return how many records are known to be gone, of how many the twin's fate waits for a sweep, and in whose place there is another."""
    links = list(world.links())
    states = [link.side(side) for link in links for side in SIDES]
    return (
        sum(state.gone for state in states),
        sum(state.undecided is not None for state in states),
        sum(len(link.merged) for link in links),
    )


def _deletions(world: World) -> list[str]:
    """5. What is gone is found to be gone within two sweeps, and its twin follows."""
    for _ in range(3):
        undecided = any(link.side(side).undecided for link in world.links() for side in SIDES)  # a twin's fate waits for a sweep
        if not undecided and not any(unnoticed(world)):
            break
        world.decisions.believe()
        for name in world.options.connections:
            for flow in world.options.mapping:
                world.poller.sweep_all(name, flow)
        world.rest()
    ended = Ended(world)
    return [f"{name}: {sentence}" for name, holds in ONCE_SWEPT.items() for sentence in holds(ended)]


def _returns(world: World) -> list[str]:
    """5. Whoever comes back after its twin was switched off finds it switched on; all that were gone come back together."""
    back = [link for link in world.links() if any(link.side(side).retired for side in SIDES)]
    for link in back:
        one = world.connections[link.connection]
        for side in SIDES:
            record = world.stored(link, side)
            if record is not None and record.deleted:
                one.people.restore(one.systems[side], record)
    if not back:
        return []
    world.rest()
    return [*_at_rest(world), *(f"twins_come_back: {sentence}" for sentence in ONCE_SWEPT["twins_come_back"](Ended(world)))]


def _replay(world: World) -> list[str]:
    """8. A replay from any offset ends in the same state and writes nothing that is already so."""
    resting = _resting(world)
    before, first = _state(world), {side: len(log) for side, log in world.topics.commands.items()}
    changes = world.topics.events["changes"]
    world.topics.position["changes"] = world.topics.committed["changes"] = world.random.randrange(len(changes))
    world.rest()
    late = [command for side, log in world.topics.commands.items() for command in log[first[side] :] if command.op != "read"]
    after = _state(world)
    # A deletion that nobody had noticed may be found on the way. And what rests on a reference is looked at again when one of its records
    # shows something, not when the parents of its rivals are merged or parted: it may enter a review by that, or leave it.
    resting |= _resting(world)
    noticed = {link.id for link in world.links() if link.state == "orphan" and _has_lost(world, link)} | resting
    late = [command for command in late if command.link not in resting]
    moved = [link for link in before.keys() | after.keys() if before.get(link) != after.get(link) and link not in noticed]
    return [
        *(f"replay_writes_nothing: {command.op} {command.link} {command.side} {command.fields}" for command in late),
        *(f"replay_ends_in_the_same_state: {link} {before.get(link)} {after.get(link)}" for link in moved),
    ]


def _has_lost(world: World, link: Link) -> bool:
    return any(record.deleted for side in SIDES if (record := world.stored(link, side)))


def _resting(world: World) -> set[str]:
    """Return the links in review by a rule with a reference."""
    return {link.id for link in world.links() if link.state == "review" and not link.pinned and "_id" in (link.reason or "")}


def _state(world: World) -> dict[str, tuple[object, ...]]:
    return {link.id: _told(link) for link in world.links()}


def _told(link: Link) -> tuple[object, ...]:
    return link.state, link.keap.id, link.erp.id, {name: said.value for name, said in link.agreed.items() if said.value is not None}
