"""The sync agent on the real broker against the same step in Quix Streams and in a loop written by hand.

All three are up at once, each with its own source topic, table and changelog, and take turns: round by round each gets the same events
and is timed until its last command and journal entry can be read. Whose turn it is not sits idle.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import quix
from bench.events import World
from bench.figures import Figure, ratios
from bench.kafka import OUTPUTS, Broker, Watch, create_outputs, create_topics, encoded, publish
from bench.laps import Lap, Stopwatch, profile
from bench.loops.arguments import Arguments, command_line
from bench.processes import BenchError, Child, end_all
from bench.sizes import Sizes
from schemas.codec import decode
from schemas.records import Command

OURS = "keapsync"
RIVALS = ("quix", "bare")
WITHIN_S = 600.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Events as they are sent, and what has to come of them."""

    values: list[tuple[str, bytes]]
    commands: list[str]
    entries: int


def run(sizes: Sizes, broker: Broker, folder: Path, rivals: Sequence[str] = RIVALS) -> list[Figure]:
    """Race our worker against its rivals; every one has to issue exactly the commands that the core says."""
    create_outputs(broker.address)
    world = World()
    first = decided(world, world.load(sizes.links))
    laps: dict[str, list[Lap]] = {name: [] for name in (OURS, *rivals)}
    with _workers(broker.address, folder, laps) as workers:
        for name, child in workers.items():
            _lap(broker, name, child, first)
        for _ in range(sizes.rounds):
            batch = decided(world, (event for _, events in world.life(sizes.edits) for event in events), done=True)
            for name, child in workers.items():
                laps[name].append(_lap(broker, name, child, batch))
    return _figures(laps)


def decided(world: World, events: Iterable[object], *, done: bool = False) -> Batch:
    """Encode events and note what the core makes of them; `done`: they are decided as they are yielded."""
    issued, entries, values = len(world.issued), world.entries, []
    for event in events:
        values += encoded([event])  # type: ignore[list-item]  # events are records
        if not done:
            world.decide(event)  # type: ignore[arg-type]
    return Batch(values, world.issued[issued:], world.entries - entries)


@contextmanager
def _workers(kafka: str, folder: Path, names: Iterable[str]) -> Iterator[dict[str, Child]]:
    workers: dict[str, Child] = {}
    try:
        for name in names:
            told = Arguments(kafka, f"bench-{name}", f"bench-{name}-changelog", 1, folder / name, ("main",))
            create_topics(kafka, {told.source: 1})
            create_topics(kafka, {told.changelog: 1}, **{"cleanup.policy": "compact"})
            words = (f"bench.loops.{name}", *command_line(told))
            workers[name] = Child(folder / f"{name}.log", *words, python=quix.python() if name == "quix" else sys.executable)
        yield workers
    finally:
        end_all(list(workers.values()))


def _lap(broker: Broker, name: str, child: Child, batch: Batch) -> Lap:
    watch, stopwatch = Watch(broker.address, OUTPUTS), Stopwatch(broker, [child])
    publish(broker.address, f"bench-{name}", 1, batch.values)
    try:
        found = watch.await_records(len(batch.commands) + batch.entries, WITHIN_S, child.require)
        lap = stopwatch.lap(len(batch.values))
    except BenchError as error:
        raise BenchError(f"{name}: {error}\n{child.tail()}") from error
    finally:
        watch.close()
    require_commands(name, found, batch.commands)
    return lap


def require_commands(name: str, found: Iterable[bytes], wanted: Iterable[str]) -> None:
    """Raise BenchError unless the commands among what a worker sent are those that the core says, by their ids."""
    issued, said = sorted(record.id for record in map(decode, found) if isinstance(record, Command)), sorted(wanted)
    if issued != said:
        raise BenchError(f"{name} issued other commands than the core says: {len(issued)}, not {len(said)}")


NOTES = {
    OURS: "a third each of edits, outcomes and echoes; a transaction per chunk",
    "quix": "Quix Streams, at-least-once as by default; the same decide(), events and outputs",
    "bare": "confluent-kafka, batches of 500, RocksDB and changelog, no transactions; the same decide(), events and outputs",
}
TARGETS = {"quix": 1.0, "bare": 0.7}
CPU_S = 25


def _figures(laps: dict[str, list[Lap]]) -> list[Figure]:
    rates = {name: tuple(lap.events_s for lap in rounds) for name, rounds in laps.items()}
    costs = {name: tuple(lap.cpu_s for lap in rounds) for name, rounds in laps.items()}
    rivals = [name for name in laps if name != OURS]
    return [
        *(Figure(f"{name}: events", rate, "/s", note=f"{NOTES[name]}; {profile(laps[name])}") for name, rate in rates.items()),
        *(Figure(f"{OURS} against {name}", ratios(rates[OURS], rates[name]), "x", TARGETS[name]) for name in rivals),
        Figure(f"{OURS}: CPU per 100k events", costs[OURS], "s", CPU_S, "at most"),
        *(Figure(f"{name}: CPU per 100k events", costs[name], "s") for name in rivals),
    ]
