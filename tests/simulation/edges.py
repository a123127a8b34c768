"""The connectors' place: `connectors.base.Sink` over a simulated system, on a network that loses requests and replies.

A request takes effect between two pauses. A process that dies before the effect leaves a request that is lost, lands at once or lands
late; one that dies after it has lost the reply.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from connectors.base import Page, Quota, Record, Traits
from connectors.calls import note_call
from schemas.errors import AmbiguousError, GoneError, RetriableError, SyncError
from schemas.flows import Fields, Flow, Side
from tests.simulation.clock import pause
from tests.simulation.systems import Stored, System

T = TypeVar("T")
TIMEOUT_MS = 4_000
PAGE = 4
"""Records a page: a scan takes several requests."""
SLOW_MS = 4_000
BLIND = 3
"""A listing that breaks off shows every third record."""


@dataclass(slots=True)
class Network:
    """How the requests of one world fare."""

    faults: float
    late: list[tuple[int, Callable[[], Any]]] = field(default_factory=list)
    """(when, effect) of requests whose sender is gone."""


@dataclass(slots=True)
class Edge:
    """One side's API as the program sees it."""

    system: System
    network: Network
    newest_first: frozenset[Flow]
    """Flows whose lists cannot be filtered by time, only ordered."""
    measured_ms: int
    """How far ahead the system's clock seems, by the headers of its answers."""
    stale: bool = False
    """A record asked for by its id comes from a replica, too."""
    slow: bool = False
    """Answers to writes take their time."""
    scans: bool = False
    """Lists can neither be filtered nor ordered by time."""
    blind_until: int = 0
    """Until when full listings break off (ms)."""

    @property
    def side(self) -> Side:
        """The side."""
        return self.system.side

    def traits(self, flow: Flow) -> Traits:
        """Return what the API can do for a flow."""
        offers, order = self.system.offers, "scan" if self.scans else "newest_first" if flow in self.newest_first else "since"
        return Traits(order, offers.versions, offers.keys, 1000 if offers.rounded else 0)  # type: ignore[arg-type]

    def skew_ms(self) -> int:
        """Return how far the system's clock was found to be ahead."""
        return self.measured_ms

    def quota(self) -> Quota:
        """Nothing is said of a budget."""
        return Quota()

    async def check(self) -> list[str]:
        """All is well."""
        return []

    async def close(self) -> None:
        """Nothing is held."""

    # -- reads -------------------------------------------------------------------------------------------------------------

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """Read one page: by id, or newest first."""
        read_at, behind = self.system.clock.now, self.system.behind()
        note_call()
        await self._arrive()
        shown = self._listed(flow, behind)
        if since is None and self.system.clock.now < self.blind_until:
            shown = [record for record in shown if int(record.id[1:]) % BLIND == 0]
        ordered = since is not None and flow in self.newest_first
        if ordered:
            shown.sort(key=lambda record: record.updated_at or 0, reverse=True)
        elif since is not None and not self.scans:
            shown = [record for record in shown if (record.updated_at or 0) >= since]
        first = int(cursor or 0)
        left = shown[first : first + PAGE + 1] if ordered else [record for record in shown if int(record.id[1:]) > first][: PAGE + 1]
        records = tuple(left[:PAGE])
        after = None if len(left) <= PAGE else str(first + PAGE) if ordered else records[-1].id[1:]
        await self._reply()
        return Page(records, after, read_at)

    def _listed(self, flow: Flow, behind: int) -> list[Record]:
        system = self.system
        return [record for stored in system.records.values() if stored.flow == flow and (record := system.listed(stored, behind))]

    async def get(self, flow: Flow, id: str) -> Record:  # noqa: A002, ARG002 - the contract's
        """Read one record, from the replica that took the writes, unless reads are `stale`; raises GoneError."""
        behind = self.system.behind() if self.stale else 0
        await self._arrive()
        record = self.system.shown(self.system.records[id], behind=behind)
        await self._reply()
        if record is None:
            raise GoneError(id)
        return record

    async def find_created(self, flow: Flow, *, since: int, stamp: str | None, match: Fields) -> list[Record]:  # noqa: ARG002 - the contract's
        """Return what was created lately, newest first, as a replica shows it; a stamp is searched at any age where it is unique."""
        await self._arrive()
        behind, path = self.system.behind(), self.system.offers.stamps.get(flow)
        shown = self._listed(flow, behind)
        await self._reply()
        if path and stamp:
            return [record for record in shown if record.fields.get(path) == stamp]
        return [record for record in reversed(shown) if (record.created_at or 0) >= since]

    # -- writes ------------------------------------------------------------------------------------------------------------

    async def create(self, flow: Flow, fields: Fields, *, stamp: str | None, key: str) -> Record:
        """Create a record, once for each key where there are keys."""
        path = self.system.offers.stamps.get(flow)
        whole = fields | ({path: stamp} if path and stamp else {})
        return await self._write(partial(self.system.create, flow, whole, command=key))

    async def update(self, flow: Flow, base: Record, fields: Fields) -> Record:  # noqa: ARG002 - the contract's
        """Patch fields, conditional on the version where there are versions."""
        stored = self.system.records[base.id]
        return await self._write(partial(self._patch, stored, fields, base))

    def _patch(self, stored: Stored, fields: Fields, base: Record) -> Stored:
        self.system.patch(stored, fields, base=base)
        return stored

    async def delete(self, flow: Flow, base: Record) -> None:  # noqa: ARG002 - the contract's
        """Delete a record."""
        stored = self.system.records[base.id]
        await self._write(partial(self._remove, stored, base), often=4)

    def _remove(self, stored: Stored, base: Record) -> Stored:
        self.system.remove(stored, base)
        return stored

    async def _write(self, effect: Callable[[], Stored], *, often: int = 1) -> Record:
        """Carry out a write, which is lost `often` as often as others are. Its answer carries exact times."""
        try:
            await self._arrive()
        except GeneratorExit:
            self._orphaned(effect)
            raise
        random = self.system.random
        if random.random() < self.network.faults * often:  # lost on the way out, or later than we wait
            self._orphaned(effect)
            await pause(self.system.clock.now + TIMEOUT_MS)
            raise AmbiguousError("timed out")
        record = self.system.record(effect())
        await (pause(self.system.clock.now + random.randrange(SLOW_MS)) if self.slow else self._reply())
        if random.random() < self.network.faults * often:
            raise AmbiguousError("the reply was lost")
        return record

    def _orphaned(self, effect: Callable[[], Stored]) -> None:
        """Nobody waits for this request any more: it is lost, lands at once, or lands within its time."""
        fate = self.system.random.random()
        if fate < 0.4:
            return
        delay = 0 if fate < 0.6 else self.system.random.randrange(TIMEOUT_MS)
        self.network.late.append((self.system.clock.now + delay, partial(_land, effect)))

    async def _arrive(self) -> None:
        await pause()
        if self.system.random.random() < self.network.faults:
            raise RetriableError("refused for now")

    async def _reply(self) -> None:
        await pause()


def _land(effect: Callable[[], Stored]) -> None:
    with suppress(SyncError):  # the server refuses it as it would have refused it in time
        effect()
