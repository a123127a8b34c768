"""What one edit went through, and what the slowest ones waited for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from statistics import median, quantiles
from typing import Final

from schemas.flows import Side

LEGS: Final = {"decided": "change to command", "committed": "command to its commit", "called": "commit to answer"}
"""The parts of a trip until the edit is visible."""


@dataclass(frozen=True, slots=True)
class Trip:
    """One edit. Times in ms: sent -> command written -> its commit seen -> call answered -> outcome written.

    Attributes:
        side: where it was written to.
        queued: how long it was ready to run and had no core: the thread that waited longest of each process on its way (`System.way_to`,
            and this one).
        stolen: how long the hypervisor gave the machine's cores to others meanwhile.
        status: of its outcome.
    """

    side: Side
    decided: float
    committed: float
    called: float
    answered: float
    queued: float
    stolen: float
    status: str

    @property
    def visible(self) -> float:
        """From the change to the answer of the writing call."""
        return self.decided + self.committed + self.called


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the value that so many per cent are not above."""
    return quantiles(values, n=100, method="inclusive")[percent - 1] if len(values) > 1 else values[0]


def outliers(trips: Sequence[Trip], bound_ms: float) -> str:
    """Say of the slowest edits (above p99, or above the bound) where they lost what they took beyond the median."""
    by_time = sorted(trips, key=lambda trip: trip.visible)
    above = min(bound_ms, percentile([trip.visible for trip in trips], 99))
    slow = [trip for trip in by_time if trip.visible > above] or by_time[-1:]

    def beyond(value: Callable[[Trip], float]) -> list[float]:
        """Keap is read before it is written: each side has a median of its own."""
        usual = {side: median(value(trip) for trip in trips if trip.side == side) for side in {trip.side for trip in slow}}
        return [value(trip) - usual[trip.side] for trip in slow]

    late = beyond(lambda trip: trip.visible)
    legs = {name: sum(beyond(attrgetter(leg))) for leg, name in LEGS.items()}
    lost = ", ".join(f"{name} {ms / (sum(legs.values()) or 1):.0%}" for name, ms in legs.items())

    def explained(value: Callable[[Trip], float]) -> str:
        """No wait explains more of a trip than what it lost."""
        waits = (min(max(wait, 0), most) for wait, most in zip(beyond(value), late, strict=True))
        return f"{sum(waits) / (sum(late) or 1):.0%}"

    return (
        f"{len(slow)} of {len(trips)} took {slow[0].visible:.0f} to {slow[-1].visible:.0f} ms; what they took beyond the median: {lost}; "
        f"waiting for a core explains {explained(lambda trip: trip.queued)} of it, "
        f"cores that the hypervisor took away {explained(lambda trip: trip.stolen)}"
    )
