"""Cold recovery of the table: rows a second from the changelog into an empty store, and the memory it takes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

from bench.events import World
from bench.figures import Figure
from bench.kafka import Broker, create_topics
from bench.loops.arguments import Arguments, command_line
from bench.processes import BenchError, Child
from bench.sizes import Sizes
from streams.clients import producer

ROWS_S, RSS_MB = 60_000, 400
WITHIN_S = 600.0
MODELS = 1_000
"""Links that are really made; the others are copies of their rows under other keys."""


def run(sizes: Sizes, broker: Broker, folder: Path) -> list[Figure]:
    """Fill a changelog with the rows of in-sync links and recover it, each round from nothing."""
    kafka = broker.address
    told = Arguments(kafka, "bench-recovery", "bench-recovery-changelog", 1, folder / "recovery", ("main",))
    create_topics(kafka, {told.source: 1})
    create_topics(kafka, {told.changelog: 1}, **{"cleanup.policy": "compact"})
    count, links, size = 0, 0, 0
    client = producer(kafka, None, **{"queue.buffering.max.messages": 200_000})
    for key, value in _rows(sizes.rows):
        client.produce(told.changelog, value, key, 0)
        count, links, size = count + 1, links + key.startswith(b"link/"), size + len(key) + len(value)
        if not count % 10_000:
            client.flush()
    if client.flush(120):
        raise BenchError("the broker did not take the rows")
    found = [_recovered(told, folder, links) for _ in range(sizes.rounds)]
    what = f"{count:,} rows, {size / 1e6:,.0f} MB, into an empty store"
    return [
        Figure("recovery: rows", tuple(count / each["seconds"] for each in found), "/s", ROWS_S, note=what),
        Figure("recovery: CPU per 100k rows", tuple(each["cpu_s"] / count * 100_000 for each in found), "s"),
        Figure("recovery: memory", tuple(each["rss_mb"] for each in found), "MB", RSS_MB, "at most", "largest resident set of the worker"),
    ]


def _rows(count: int) -> Iterator[tuple[bytes, bytes]]:
    """Yield rows as in-sync links leave them: one link, two refs and its match keys, again and again."""
    world = World()
    for event in world.load(min(MODELS, count)):
        world.decide(event)
    models = [(key, value) for key, value in world.rows.items() if not key.startswith(b"flow/")]
    for number in range(count):
        key, value = models[number % len(models)]
        yield key + b"/%d" % (number // len(models)), value


def _recovered(told: Arguments, folder: Path, links: int) -> dict[str, float]:
    shutil.rmtree(told.data, ignore_errors=True)
    log = folder / "recovery.log"
    log.unlink(missing_ok=True)
    child = Child(log, "bench.loops.recover", *command_line(told))
    try:
        said = child.wait(WITHIN_S)
    finally:
        child.end()
    found: dict[str, float] = json.loads(said.strip().splitlines()[-1])
    if found["links"] != links:
        raise BenchError(f"{found['links']} of {links} links were recovered")
    return found
