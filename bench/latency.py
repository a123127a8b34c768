"""An edit's way: change -> decision -> command -> call (the server waits 5 ms first) -> outcome. And the API calls it costs.

Capture is taken out: the changes are sent as a poller would send them, to each side in turn, at a low rate. An edit is visible on the
other side when the writing call was answered: the outcome's own time. All clocks are this machine's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from statistics import fmean, quantiles

from confluent_kafka import Message
from msgspec.structs import replace

from bench.figures import Figure
from bench.kafka import Watch
from bench.processes import BenchError
from bench.sizes import Sizes
from bench.system import System, running_system
from console.read_model.links import read_links
from schemas.codec import decode, encode
from schemas.flows import Side, other
from schemas.records import Change, Command, Outcome
from streams.clients import producer, read_to_end
from streams.topics import CHANGES, COMMANDS, OUTCOMES

LATENCY_MS = 5
P50_MS, P99_MS = 40, 150
CALLS: dict[Side, float] = {"erp": 1.0, "keap": 2.0}
PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Trip:
    """One edit. Times in ms: sent -> command written -> call answered -> outcome written."""

    side: Side
    """Where it was written to."""
    decided: float
    called: float
    answered: float
    calls: int
    status: str

    @property
    def visible(self) -> float:
        """From the change to the answer of the writing call."""
        return self.decided + self.called


def run(sizes: Sizes, folder: Path) -> list[Figure]:
    """Send edits one by one and follow each to its outcome."""
    with running_system(folder, sizes.contacts, LATENCY_MS) as system:
        _travel(system, 20, sizes.per_second)  # the first ones open connections
        trips = _travel(system, sizes.slow_edits, sizes.per_second)
    if failed := [trip.status for trip in trips if trip.status != "applied"]:
        raise BenchError(f"{len(failed)} edits were not applied: {set(failed)}")
    visible = [trip.visible for trip in trips]
    worst = max(trips, key=lambda trip: trip.visible)
    slow = f"slowest {worst.visible:.0f} ms ({worst.side}): {worst.decided:.0f} to the command, {worst.called:.0f} to the answer"
    to: dict[Side, list[Trip]] = {side: [trip for trip in trips if trip.side == side] for side in CALLS}
    return [
        Figure("edit to visible, p50", (_percentile(visible, 50),), "ms", P50_MS, "at most", f"{len(trips)} edits, {sizes.per_second}/s"),
        Figure("edit to visible, p99", (_percentile(visible, 99),), "ms", P99_MS, "at most", slow),
        *(Figure(f"edit to visible in {side}, p50", (_percentile([t.visible for t in to[side]], 50),), "ms") for side in to),
        *_legs(trips),
        *(Figure(f"API calls per edit: {side}", (fmean(t.calls for t in to[side]),), "", CALLS[side], "at most") for side in to),
    ]


def _legs(trips: list[Trip]) -> Iterator[Figure]:
    for name, leg in (("change to command", "decided"), ("command to answer", "called"), ("answer to outcome", "answered")):
        times = [getattr(trip, leg) for trip in trips]
        yield Figure(f"{name}, p50", (_percentile(times, 50),), "ms", note=f"p99 {_percentile(times, 99):.0f} ms")


def _percentile(values: list[float], percent: int) -> float:
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def _travel(system: System, count: int, per_second: int) -> list[Trip]:
    """Send edits at a steady rate; return where each one's time went."""
    kafka = system.settings.kafka
    sender, watch = producer(kafka, None, **{"linger.ms": 0}), Watch(kafka, (*COMMANDS.values(), OUTCOMES))
    sent: dict[tuple[str, Side], float] = {}
    commands: dict[str, float] = {}
    trips: list[Trip] = []
    due = time.time()
    for link, change in islice(cycle(_edits(system)), count):
        due = max(due + 1 / per_second, time.time())
        _follow(watch, sent, commands, trips, until=due)
        now = time.time() * 1000
        edit = _edited(change, int(now))
        sent[link, other(change.side)] = now
        sender.produce(CHANGES, encode(edit), edit.key, 0)
        sender.flush(PATIENCE_S)
    deadline = time.time() + PATIENCE_S
    while len(trips) < count and time.time() < deadline:
        system.require()
        _follow(watch, sent, commands, trips, until=time.time() + 0.1)
    watch.close()
    if len(trips) < count:
        raise BenchError(f"{count - len(trips)} of {count} edits had no outcome within {PATIENCE_S:.0f} s")
    return trips


def _follow(watch: Watch, sent: dict[tuple[str, Side], float], commands: dict[str, float], trips: list[Trip], until: float) -> None:
    """Take in commands and outcomes until the time has come."""
    while (left := until - time.time()) > 0:
        for message in watch.poll(left):
            record, at = decode(message.value()), _written_at(message)
            if isinstance(record, Command):
                commands[record.id] = at
            elif isinstance(record, Outcome) and (record.link, record.side) in sent:
                began, ordered = sent.pop((record.link, record.side)), commands.pop(record.command)
                trips.append(Trip(record.side, ordered - began, record.at - ordered, at - record.at, record.calls, record.status))


def _written_at(message: Message) -> float:
    return float(message.timestamp()[1])


def _edits(system: System) -> list[tuple[str, Change]]:
    """Return (link, newest change of one of its sides) for pairs to edit, the sides in turn."""
    newest: dict[str, Change] = {}
    for message in read_to_end(system.settings.kafka, CHANGES, 0):
        record = decode(message.value())
        if isinstance(record, Change):
            newest[record.ref] = record
    found = []
    for number, link in enumerate(read_links(system.settings).chosen("contact", "linked")):
        change = newest.get(f"keap/contact/{link.keap.id}" if number % 2 else f"erp/contact/{link.erp.id}")
        if change is not None:
            found.append((link.id, change))
    return found


def _edited(change: Change, now: int) -> Change:
    """Return the edit as the next poll shows it: a later time, and a later version where there are versions."""
    version = now if change.side == "erp" else None
    return replace(change, fields=change.fields | {"job_title": f"Job {now}"}, updated_at=now, read_at=now, version=version, capture="poll")
