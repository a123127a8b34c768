"""What one round of a worker is: events a second, whose CPU they cost, and how long was waited for the broker."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.kafka import Broker
from bench.processes import Child

HUNDRED_K = 100_000


@dataclass(frozen=True, slots=True)
class Lap:
    """One round. CPU is in seconds per 100,000 events.

    Attributes:
        events_s: events a second.
        cpu_s: CPU of the workers together.
        broker_s: CPU of the broker.
        bench_s: CPU of the benchmark itself, which sends the events and reads what comes of them.
        waited: share of the round in which a partition waited for the broker to take its outputs.
    """

    events_s: float
    cpu_s: float
    broker_s: float
    bench_s: float
    waited: float


class Stopwatch:
    """Measures a round of some workers, which share so many partitions."""

    def __init__(self, broker: Broker, workers: Sequence[Child], partitions: int = 1) -> None:
        """Begin the round."""
        self._broker, self._workers, self._partitions = broker.process, workers, partitions
        self._began = self._read()

    def lap(self, events: int) -> Lap:
        """End it."""
        took, waited, *cpu = (now - then for now, then in zip(self._read(), self._began, strict=True))
        workers, broker, bench = (seconds / events * HUNDRED_K for seconds in cpu)
        return Lap(events / took, workers, broker, bench, waited / took / self._partitions)

    def _read(self) -> tuple[float, ...]:
        waited, cpu = (sum(read(worker) for worker in self._workers) for read in (Child.waited_s, Child.cpu_s))
        return time.monotonic(), waited, cpu, self._broker.cpu_s(), time.process_time()


def ceiling(laps: Sequence[Lap]) -> float:
    """Return the events a second at which the machine's cores would have nothing left to do but these rounds' work."""
    return (os.cpu_count() or 1) * HUNDRED_K / median(lap.cpu_s + lap.broker_s + lap.bench_s for lap in laps)


def profile(laps: Sequence[Lap]) -> str:
    """Say what the machine's cores did in these rounds, and what was waited for: where the time of a missed ratio goes."""
    cores = os.cpu_count() or 1

    def share(cpu: Callable[[Lap], float]) -> str:
        return f"{median(cpu(lap) / HUNDRED_K * lap.events_s for lap in laps) / cores:.0%}"

    took = (
        f"of {cores} cores the workers took {share(lambda lap: lap.cpu_s)}, the broker {share(lambda lap: lap.broker_s)}, "
        f"the benchmark itself {share(lambda lap: lap.bench_s)}"
    )
    waited = median(lap.waited for lap in laps)
    return f"{took}; {waited:.0%} of the time waiting for the broker to take the outputs" if waited else took
