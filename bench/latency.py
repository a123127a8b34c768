"""An edit's way: change -> decision -> command -> call (the server waits 5 ms first) -> outcome. And the API calls it costs.

Capture is taken out: the changes are sent as a poller would send them, to each side in turn, at a low rate. An edit is visible on the
other side when the writing call was answered: the outcome's own time. All clocks are this machine's. Calls are counted by the servers:
whatever they were asked, by whomever, while a round lasted.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle, islice, pairwise
from pathlib import Path
from typing import NamedTuple

from confluent_kafka import Message
from msgspec.structs import replace

from bench.figures import Figure
from bench.kafka import Watch
from bench.processes import BenchError, queued_ns, stolen_ms
from bench.sizes import Sizes
from bench.system import System, running_system
from bench.trips import LEGS, Trip, outliers, percentile
from console.read_model.links import read_links
from schemas.codec import decode, encode
from schemas.flows import Side, other
from schemas.records import Change, Command, Outcome
from streams.clients import producer, read_to_end
from streams.topics import CHANGES, COMMANDS, OUTCOMES

LATENCY_MS = 5
P50_MS, P99_MS = 40, 150
CALLS: dict[Side, float] = {"erp": 1.0, "keap": 2.0}
COUNTED = "all calls in the log of the {side} server while the edits went there, reads too, by the number of edits; nothing polls meanwhile"
PATIENCE_S = 10.0


def run(sizes: Sizes, folder: Path) -> list[Figure]:
    """Send edits one by one and follow each to its outcome, round by round on the same running system."""
    with running_system(folder, sizes.contacts, LATENCY_MS) as system:
        _travel(system, 20, sizes.per_second)  # the first ones open connections
        counts = [system.calls()]
        rounds = []
        for _ in range(sizes.rounds):
            rounds.append(_travel(system, sizes.slow_edits, sizes.per_second))
            counts.append(system.calls())
    trips = [trip for each in rounds for trip in each]
    if failed := [trip.status for trip in trips if trip.status != "applied"]:
        raise BenchError(f"{len(failed)} edits were not applied: {set(failed)}")
    note = f"{sizes.slow_edits} edits a round, {sizes.per_second}/s"
    return [
        Figure("edit to visible, p50", _each(rounds, 50), "ms", P50_MS, "at most", note),
        Figure("edit to visible, p99", _each(rounds, 99), "ms", P99_MS, "at most", outliers(trips, P99_MS)),
        *(Figure(f"edit to visible in {side}, p50", _each(_to(side, rounds), 50), "ms") for side in CALLS),
        *_legs(rounds, trips),
        *(
            Figure(f"API calls per edit: {side}", _calls(side, rounds, counts), "", CALLS[side], "at most", COUNTED.format(side=side))
            for side in CALLS
        ),
    ]


Rounds = list[list[Trip]]


def _to(side: Side, rounds: Rounds) -> Rounds:
    return [[trip for trip in trips if trip.side == side] for trips in rounds]


def _each(rounds: Rounds, percent: int, leg: str = "visible") -> tuple[float, ...]:
    return tuple(percentile([getattr(trip, leg) for trip in trips], percent) for trips in rounds)


def _calls(side: Side, rounds: Rounds, counts: Sequence[Mapping[Side, int]]) -> tuple[float, ...]:
    spent = [after[side] - before[side] for before, after in pairwise(counts)]
    return tuple(calls / len(trips) for calls, trips in zip(spent, _to(side, rounds), strict=True))


def _legs(rounds: Rounds, trips: list[Trip]) -> Iterator[Figure]:
    for leg, name in (LEGS | {"answered": "answer to outcome"}).items():
        yield Figure(f"{name}, p50", _each(rounds, 50, leg), "ms", note=f"p99 {_each([trips], 99, leg)[0]:.0f} ms")


def _travel(system: System, count: int, per_second: int) -> list[Trip]:
    """Send edits at a steady rate; return where each one's time went."""
    sender, following = producer(system.settings.kafka, None, **{"linger.ms": 0}), _Following(system)
    due = time.time()
    for link, change in islice(cycle(_edits(system)), count):
        due = max(due + 1 / per_second, time.time())
        following.until(due)
        edit = _edited(change, following.sent(link, other(change.side)))
        sender.produce(CHANGES, encode(edit), edit.key, 0)
        sender.flush(PATIENCE_S)
    deadline = time.time() + PATIENCE_S
    while len(following.trips) < count and time.time() < deadline:
        system.require()
        following.until(time.time() + 0.1)
    following.close()
    if len(following.trips) < count:
        raise BenchError(f"{count - len(following.trips)} of {count} edits had no outcome within {PATIENCE_S:.0f} s")
    return following.trips


class _Waits(NamedTuple):
    """What was waited for so far: per thread of each process on an edit's way, ns; of the whole machine, ms."""

    queued: list[Counter[str]]
    stolen: float

    def since(self, before: _Waits) -> tuple[float, float]:
        """Return `queued` and `stolen` of a trip."""
        longest = (max((now - then).values(), default=0) for now, then in zip(self.queued, before.queued, strict=True))
        return sum(longest) / 1e6, self.stolen - before.stolen


class _Sent(NamedTuple):
    at: float
    waits: _Waits


class _Following:
    """Follows edits from their change to their outcome."""

    def __init__(self, system: System) -> None:
        self.trips: list[Trip] = []
        self._system = system
        self._watch = Watch(system.settings.kafka, (*COMMANDS.values(), OUTCOMES))
        self._sent: dict[tuple[str, Side], _Sent] = {}
        self._commands: dict[str, tuple[float, float]] = {}
        """Command id -> when it was written, when its commit was seen."""
        self._outcomes: dict[str, tuple[Outcome, float]] = {}
        """Command id -> its outcome, when that was written. It may be read first: these are several topics."""

    def sent(self, link: str, side: Side) -> int:
        """Note that an edit sets out for a side; return the time."""
        waits = self._waits(side)  # takes a millisecond or two: not on the edit's time
        now = time.time() * 1000
        self._sent[link, side] = _Sent(now, waits)
        return int(now)

    def until(self, until: float) -> None:
        """Take in commands and outcomes until the time has come."""
        while (left := until - time.time()) > 0:
            for message in self._watch.poll(left):
                self._take(message, time.time() * 1000)

    def close(self) -> None:
        """Leave the broker."""
        self._watch.close()

    def _take(self, message: Message, seen: float) -> None:
        record, at = decode(message.value()), float(message.timestamp()[1])
        if isinstance(record, Command):
            self._commands[record.id] = at, seen
            self._ended(record.id)
        elif isinstance(record, Outcome) and (record.link, record.side) in self._sent:
            self._outcomes[record.command] = record, at
            self._ended(record.command)

    def _ended(self, command: str) -> None:
        if command not in self._commands or command not in self._outcomes:
            return
        outcome, at = self._outcomes.pop(command)
        ordered, seen = self._commands.pop(command)
        began, before = self._sent.pop((outcome.link, outcome.side))
        committed = min(seen, outcome.at)  # the sink may have seen it, and even written, before we did
        legs = ordered - began, committed - ordered, outcome.at - committed, at - outcome.at
        self.trips.append(Trip(outcome.side, *legs, *self._waits(outcome.side).since(before), outcome.status))

    def _waits(self, side: Side) -> _Waits:
        return _Waits([queued_ns(os.getpid()), *(child.queued_ns() for child in self._system.way_to(side))], stolen_ms())


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
