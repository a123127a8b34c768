"""Two connections on two workers against both on one: what a second process adds.

Round by round: one worker has both partitions and is timed, a second one joins and takes one of them, both are timed, it leaves again.
Before each lap a small one that does not count: partitions have changed hands, and their new owners are cold. All outputs are compared
with what the core says.
Meaningful only where the machine has cores to spare for broker, workers and measurement.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from statistics import median

import httpx

from bench.agent import Batch, decided, require_commands
from bench.events import World
from bench.figures import Figure, ratios
from bench.kafka import OUTPUTS, PARTITIONS, Broker, Watch, create_outputs, create_topics, publish
from bench.laps import Lap, Stopwatch, ceiling, profile
from bench.loops.arguments import Arguments, command_line
from bench.loops.keapsync import HEALTH
from bench.processes import BenchError, Child, require_all
from bench.sizes import Sizes
from sandbox.broker.configuration import free_port
from streams.topics import partition_of

CONNECTIONS = tuple(next(name for name in map("c{}".format, range(100)) if partition_of(name.encode(), 2) == place) for place in (0, 1))
"""Two connections that meet in different partitions."""
TIMES = 1.7
WARMING = 10
"""A lap of so small a part of a round's edits does not count."""
WITHIN_S = 600.0
JOIN_S = 60.0


def run(sizes: Sizes, broker: Broker, folder: Path) -> list[Figure]:
    """Time the same number of events with one worker and with two."""
    kafka = broker.address
    create_outputs(kafka)
    create_topics(kafka, {"bench-workers": PARTITIONS})
    create_topics(kafka, {"bench-workers-changelog": PARTITIONS}, **{"cleanup.policy": "compact"})
    worlds = [World(name, seed) for seed, name in enumerate(CONNECTIONS)]
    one: list[Lap] = []
    two: list[Lap] = []
    with ExitStack() as stack:
        workers = [_started(kafka, folder, "one", stack)]
        _timed(broker, workers, [decided(world, world.load(sizes.links // 2)) for world in worlds])
        for _ in range(sizes.rounds):
            one.append(_lap(broker, workers, worlds, sizes))
            with ExitStack() as joined:
                both = [*workers, _started(kafka, folder, "two", joined)]
                two.append(_lap(broker, both, worlds, sizes))
    return _figures(one, two)


def _figures(one: list[Lap], two: list[Lap]) -> list[Figure]:
    """What a second worker adds, and what it costs: an event that costs no more CPU on two than on one scales with the cores."""

    def each(value: Callable[[Lap], float]) -> tuple[tuple[float, ...], tuple[float, ...]]:
        return tuple(map(value, one)), tuple(map(value, two))

    rates, workers, brokers = each(lambda lap: lap.events_s), each(lambda lap: lap.cpu_s), each(lambda lap: lap.broker_s)
    most = f"busy without a pause, {os.cpu_count()} cores would do {ceiling(two) / median(rates[0]):.2f} times what one worker does"
    return [
        Figure("one worker, two connections: events", rates[0], "/s", note=profile(one)),
        Figure("two workers, two connections: events", rates[1], "/s", note=profile(two)),
        Figure("two workers against one", ratios(rates[1], rates[0]), "x", TIMES, note=most),
        Figure("one worker: CPU per 100k events", workers[0], "s"),
        Figure("two workers: CPU per 100k events", workers[1], "s", note="of both together"),
        Figure("one worker: the broker's CPU per 100k events", brokers[0], "s"),
        Figure("two workers: the broker's CPU per 100k events", brokers[1], "s"),
        Figure("CPU per event, two workers against one", ratios(workers[1], workers[0]), "x", 1.1, "at most"),
    ]


def _lap(broker: Broker, workers: list[Child], worlds: list[World], sizes: Sizes) -> Lap:
    """Time the second of two laps."""
    _timed(broker, workers, _edits(worlds, sizes.long_edits // WARMING))
    return _timed(broker, workers, _edits(worlds, sizes.long_edits))


def _edits(worlds: list[World], edits: int) -> list[Batch]:
    lives = [(event for _, events in world.life(edits // 2) for event in events) for world in worlds]
    return [decided(world, life, done=True) for world, life in zip(worlds, lives, strict=True)]


def _started(kafka: str, folder: Path, name: str, stack: ExitStack) -> Child:
    """Start a worker and wait until it has recovered its partitions."""
    told = Arguments(kafka, "bench-workers", "bench-workers-changelog", PARTITIONS, folder / f"workers-{name}", CONNECTIONS)
    port = free_port()
    child = Child(folder / f"workers-{name}.log", "bench.loops.keapsync", *command_line(told), **{HEALTH: str(port)})
    stack.callback(child.end)
    deadline = time.monotonic() + JOIN_S
    while not _ready(port):
        child.require()
        if time.monotonic() > deadline:
            raise BenchError(f"worker {name} got no partition within {JOIN_S:.0f} s:\n{child.tail()}")
        time.sleep(0.1)
    return child


def _ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/readyz").is_success
    except httpx.TransportError:
        return False


def _timed(broker: Broker, workers: list[Child], batches: list[Batch]) -> Lap:
    """Send the events and measure until everything is decided, and as the core says."""
    watch = Watch(broker.address, OUTPUTS)
    values = [value for pair in zip(*(batch.values for batch in batches), strict=True) for value in pair]
    stopwatch = Stopwatch(broker, workers, PARTITIONS)
    publish(broker.address, "bench-workers", PARTITIONS, values)
    try:
        found = watch.await_records(sum(len(batch.commands) + batch.entries for batch in batches), WITHIN_S, lambda: require_all(workers))
        lap = stopwatch.lap(len(values))
    finally:
        watch.close()
    require_commands(f"{len(workers)} workers", found, chain.from_iterable(batch.commands for batch in batches))
    return lap
