"""The first run: both sides' snapshots of N contacts each, 60 % of them the same people, until every record has its twin.

The handler and the partition are the worker's own, on the real broker; the two APIs answer at once. One process, so that the time can be
divided among the stages.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from random import Random
from typing import Any

from bench.events import NOW, clock, context, native, person
from bench.figures import Figure
from bench.kafka import Broker, create_outputs, create_topics
from bench.processes import BenchError
from bench.sizes import Sizes
from schemas.codec import decode, encode
from schemas.flows import FLOWS, SIDES, Side, entity_of
from schemas.records import Change, Command, Outcome, Record, ScanMark
from streams.agent import handler as agent
from streams.agent import outputs as gathering
from streams.engine.partition import Partition
from streams.engine.records import Outputs
from streams.engine.records import Record as Raw
from streams.settings import Settings
from streams.sync.state import Link, load
from streams.topics import COMMANDS
from streams.workers.sync import engine_of

OVERLAP = 0.6
CHUNK = 500
SOURCE, CHANGELOG = "bench-first", "bench-first-changelog"


def run(sizes: Sizes, broker: Broker, folder: Path) -> list[Figure]:
    """Link once; rounds would only repeat minutes."""
    kafka = broker.address
    create_outputs(kafka)
    create_topics(kafka, {SOURCE: 1})
    create_topics(kafka, {CHANGELOG: 1}, **{"cleanup.policy": "compact"})
    engine = replace(engine_of(Settings(kafka=kafka, partitions=1, data_dir=folder)), stage=SOURCE, topics=(SOURCE,), changelog=CHANGELOG)
    spent: dict[str, float] = defaultdict(float)
    first = _Run(Partition(engine, 0), spent)
    waiting = deque(encode(event) for event in _snapshots(sizes.first))
    spent.clear()  # the first transaction, that of the assignment
    began = time.monotonic()
    with _timing(spent):
        first.feed(waiting)
    took = time.monotonic() - began
    first.require_linked(sizes.first)
    first.partition.close()
    shares = [*sorted(spent.items(), key=itemgetter(1), reverse=True), ("other", took - sum(spent.values()))]
    stages = ", ".join(f"{stage} {seconds / took:.1%}" for stage, seconds in shares)
    note = f"60 % overlap, {first.commands:,} creates; {stages}"
    return [
        Figure(f"first link of {sizes.first:,} + {sizes.first:,}", (took,), "s", note=note),
        Figure("first link: events", (first.events / took,), "/s", note="changes and outcomes, pages of releases beside them"),
    ]


def _snapshots(count: int) -> Iterator[Record]:
    """Yield both sides' contacts and all marks; the first 60 % are on both sides, the others differ."""
    dice = Random(1)
    people = [person(dice, number) for number in range(count + count - int(count * OVERLAP))]
    shared = int(count * OVERLAP)
    sides: dict[Side, list[int]] = {"keap": [*range(count)], "erp": [*range(shared), *range(count, len(people))]}
    for side in SIDES:
        for number in sides[side]:
            yield Change(
                "main", side, "contact", f"{side[0]}{number}", "upsert", native(side, people[number]), NOW, "poll",
                version=1 if side == "erp" else None, created_at=NOW - 1_000_000, updated_at=NOW - 1_000_000,
            )  # fmt: skip
    yield from (ScanMark("main", side, entity_of(flow, side), "snapshot", NOW, count) for flow in FLOWS for side in SIDES)


class _Run:
    """The agent's loop: a chunk, its transaction, a page of what it released; what is commanded is done at once."""

    def __init__(self, partition: Partition, spent: dict[str, float]) -> None:
        self.partition = partition
        self.events = self.commands = 0
        self._spent = spent
        self._handler = agent.SyncHandler({"main": context("main")}, 1, clock)
        self._write(self._handler.assigned(0, partition.table))

    def feed(self, waiting: deque[bytes]) -> None:
        """Handle everything that waits and everything that comes of it."""
        more = False
        while waiting or more:
            chunk = [waiting.popleft() for _ in range(min(CHUNK, len(waiting)))]
            if chunk:
                records = [Raw(SOURCE, 0, self.events + number, None, value, NOW) for number, value in enumerate(chunk)]
                self.events += len(chunk)
                more |= self._write(self._handler.handle(0, self.partition.table, [*map(self._handler.prepare, records)]), waiting)
            if more:
                more = self._write(self._handler.more(0, self.partition.table), waiting)

    def _write(self, outputs: Outputs | None, waiting: deque[bytes] | None = None) -> bool:
        if outputs is None:
            return False
        began = time.monotonic()
        self.partition.write(outputs)
        self._spent["transaction and store"] += time.monotonic() - began
        began = time.monotonic()
        for record in outputs.records:
            command = decode(record.value) if record.topic in COMMANDS.values() else None
            if waiting is not None and isinstance(command, Command):
                self.commands += 1
                waiting.append(encode(_made(command, self.commands)))
        self._spent["the benchmark itself"] += time.monotonic() - began
        return outputs.more

    def require_linked(self, count: int) -> None:
        """Raise BenchError unless all records have their twins."""
        states = Counter(load(row, Link).state for _, row in self.partition.table.scan(b"link/"))
        if states != {"linked": 2 * count - int(count * OVERLAP)}:
            raise BenchError(f"the first link ended with {dict(states)}")


def _made(command: Command, number: int) -> Outcome:
    return Outcome(
        command.id, "main", command.link, command.seq, command.side, command.entity, "applied", NOW, calls=1,
        id=f"new{number}", record=command.fields, version=1 if command.side == "erp" else None, created_at=NOW, updated_at=NOW,
    )  # fmt: skip


@contextmanager
def _timing(spent: dict[str, float]) -> Iterator[None]:
    """Time the agent's stages: its calls of decode, decide, release and encode."""
    places: Sequence[tuple[Any, str, str]] = (
        (agent, "decode", "decode"),
        (agent, "decide", "decide"),
        (agent, "release", "decide"),
        (gathering, "encode", "encode"),
    )
    stock = [getattr(module, name) for module, name, _ in places]
    for (module, name, stage), call in zip(places, stock, strict=True):
        setattr(module, name, _timed(call, stage, spent))
    try:
        yield
    finally:
        for (module, name, _), call in zip(places, stock, strict=True):
            setattr(module, name, call)


def _timed(call: Callable[..., Any], stage: str, spent: dict[str, float]) -> Callable[..., Any]:
    def timed(*arguments: Any) -> Any:
        began = time.monotonic()
        result = call(*arguments)
        spent[stage] += time.monotonic() - began
        return result

    return timed
