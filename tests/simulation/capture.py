"""The poller: the program's own plan, scan, inventory and cursors over a broker that commits a transaction whole or not at all."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Final

from msgspec.structs import replace

from connectors.base import Record
from connectors.calls import counted
from schemas.codec import encode
from schemas.errors import FatalError
from schemas.flows import FLOWS, SIDES, Flow, Side, flow_of
from schemas.records import Control, Cursor, ScanMark, Survey
from streams.capture.budget import Budget
from streams.capture.feed import Feed
from streams.capture.fingerprint import MISSED, fingerprint
from streams.capture.heed import heed
from streams.capture.hints import Hints
from streams.capture.operator import carry_out
from streams.capture.plan import interval_s, next_run, sweep_at
from streams.capture.position import Fresh, Position
from streams.capture.recover import Place, recover
from streams.capture.scan import scan
from streams.capture.sweep import sweep
from tests.simulation.clock import Bell, Clock, Patience, Task, pause
from tests.simulation.edges import Edge
from tests.simulation.features import PLAIN, Features
from tests.simulation.hooks import GRACE_MS, TRUST_MS
from tests.simulation.topics import Topics

SWEEP_MS: Final = 86_400_000
"""Between two sweeps nobody asks for."""
GHOSTLY: Final = 40
"""Steps that a paused process takes when it wakes up: enough for the transaction it was about."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A record of `cursors`, as confluent-kafka shows it."""

    data: tuple[bytes, bytes]

    def key(self) -> bytes:
        """Return its key."""
        return self.data[0]

    def value(self) -> bytes:
        """Return its bytes."""
        return self.data[1]


class Prints:
    """The program's own fingerprints, worked out once for each record that listings show again and again."""

    def __init__(self) -> None:
        self.known: dict[int, tuple[Record, bytes]] = {}

    def __call__(self, record: Record) -> bytes:
        """Return a record's fingerprint."""
        known = self.known.get(id(record))
        if known is None or known[0] is not record:
            known = self.known[id(record)] = (record, fingerprint(record))
        return known[1]


@dataclass(slots=True)
class Broker:
    """The publisher's place: one transaction for Changes, inventory and head, refused once a successor took over."""

    poller: Poller
    epoch: int

    async def publish(
        self,
        position: Position,
        fresh: Sequence[Fresh] = (),
        *,
        mark: ScanMark | None = None,
        head: Cursor | None = None,
        missed: Collection[str] = (),
        survey: Callable[[Survey], Survey] | None = None,
    ) -> None:
        """Commit, as `streams.capture.publisher.Publisher` does, one at a time; it may die before and after."""
        await pause()
        if self.fenced():
            raise FatalError("another poller has taken over")
        for each in fresh:
            position.remember(each)
        for record in missed:
            position.inventory.put(record, MISSED)
        position.head = head or position.head
        position.survey = survey(position.survey) if survey else position.survey
        stored: list[Cursor | Survey] = [*position.touched(), *([position.head] if head else []), *([position.survey] if survey else [])]
        self.poller.store(stored)
        self.poller.topics.send("changes", [*(each.change for each in fresh), *([mark] if mark else [])])
        await pause()

    def fenced(self) -> bool:
        """Tell whether a successor has taken over."""
        return self.epoch != self.poller.epoch


@dataclass(slots=True)
class Poller:
    """The worker that owns the partition of `cursors`."""

    edges: Mapping[tuple[str, Side], Edge]
    topics: Topics
    clock: Clock
    random: Random
    poll_ms: int
    features: Features = PLAIN
    cursors: dict[bytes, Cursor | Survey] = field(default_factory=dict)
    """The compacted topic; its records are put into bytes when somebody reads them."""
    feeds: dict[Place, Feed] = field(default_factory=dict)
    tasks: dict[Place, Task] = field(default_factory=dict)
    sweeps: list[Task] = field(default_factory=list)
    """Full scans under way, beside the polls."""
    followers: dict[Place, Task] = field(default_factory=dict)
    """They follow what hooks hint at."""
    polled: Counter[tuple[str, Side]] = field(default_factory=Counter)
    """Calls that polls made since the last restart, by account."""
    epoch: int = 0
    crashes: int = -1
    met: int = 0
    ghosts: list[Task] = field(default_factory=list)
    """What a paused process was about; it goes on when that wakes up."""

    def __post_init__(self) -> None:
        self.crash()

    def crash(self, *, forget: bool = False, paused: bool = False) -> None:
        """Die, or be paused, and come back with what the cursors say."""
        self.crashes += 1
        self.epoch += 1
        running = [*self.tasks.values(), *self.sweeps, *self.followers.values()]
        if paused:
            self.ghosts += running
        else:
            for task in running:
                task.kill()
        if forget:
            self.cursors.clear()
        recovered = recover([Stored((key, encode(cursor))) for key, cursor in self.cursors.items()]).positions
        broker = Broker(self, self.epoch)
        for (name, side), edge in self.edges.items():
            budget = Budget(self.features.calls_per_day, len(FLOWS))
            for flow in FLOWS:
                place = (name, side, flow)
                position = recovered.get(place) or Position.unknown(*place)
                feed = self.feeds[place] = self._feed(edge, flow, position, broker, budget)
                self.tasks[place] = Task(self._poll(feed, edge, self.epoch))
                if feed.hints:
                    self.followers[place] = Task(self._follow(feed, feed.hints))
        self.sweeps.clear()
        self.polled.clear()

    def _feed(self, edge: Edge, flow: Flow, position: Position, broker: Broker, budget: Budget) -> Feed:
        lag_ms = edge.system.offers.lag_ms
        hints = Hints(lag_ms, GRACE_MS, TRUST_MS, Bell()) if self.features.hooks else None  # type: ignore[arg-type]
        bells = {"poll_now": Bell(), "sweep_now": Bell()}
        return Feed(flow, edge, position, broker, self.poll_ms / 1000, lag_ms, budget=budget, hints=hints, **bells)  # type: ignore[arg-type]

    async def _poll(self, feed: Feed, edge: Edge, epoch: int) -> None:
        idle = 0
        while True:
            feed.poll_now.clear()
            with counted() as tally:
                found = await self.run(feed)
            feed.budget.spend(tally.calls, self.clock.now)
            self.polled[feed.position.head.connection, edge.side] += tally.calls if epoch == self.epoch else 0
            await self._count_missed(feed)
            idle = 0 if found else idle + 1
            hooked = feed.hints is not None and feed.hints.reliable(self.clock.now)
            wait_s = interval_s(feed.poll_s, idle=idle, hooked=hooked, least_s=feed.budget.least_s(self.clock.now))
            await pause(self.clock.now + round(wait_s * 1000))

    async def run(self, feed: Feed) -> int:
        """Carry out the run that is due; return how many changes it published."""
        position = feed.position
        due = next_run(position.head, recent=position.recent, full_at=position.full_at, now=self.clock.now, delays=feed.delays)
        return await scan(feed, due, Patience(self.clock))  # type: ignore[arg-type]

    async def _count_missed(self, feed: Feed) -> None:
        if feed.hints and (missed := feed.hints.missed(self.clock.now)):
            await feed.publisher.publish(feed.position, survey=lambda before: replace(before, missed=before.missed + missed))

    async def _follow(self, feed: Feed, hints: Hints) -> None:
        while True:
            await heed(feed, hints, Patience(self.clock))  # type: ignore[arg-type]

    def store(self, cursors: Sequence[Cursor | Survey]) -> None:
        """Write to `cursors`; an inventory goes on changing after it was stored."""
        for cursor in cursors:
            kept = replace(cursor, entries=dict(cursor.entries)) if isinstance(cursor, Cursor) and cursor.entries else cursor
            self.cursors[cursor.key] = kept

    def step(self) -> None:
        """Bring one flow of one side on."""
        self.meet()
        ready = [place for place, task in self.tasks.items() if task.wake <= self.clock.now]
        if ready:
            self.tasks[self.random.choice(ready)].step()
        if self.sweeps:
            self._step_sweep()
        if self.followers:
            self.follow()

    def wake_ghosts(self) -> None:
        """Let a paused process go on, until it hears that another has taken over."""
        for task in self.ghosts:
            for _ in range(GHOSTLY):
                try:
                    task.step()
                except FatalError:
                    task.done = True
                if task.done or task.wake > self.clock.now:
                    break
        self.ghosts = [task for task in self.ghosts if not task.done]

    def tell(self, place: Place, record: str, at: int) -> None:
        """Take a hook's word."""
        if hints := self.feeds[place].hints:
            hints.announce(record, at)

    def follow(self) -> None:
        """Bring everyone on who has a hint to follow."""
        for place, task in self.followers.items():
            feed = self.feeds[place]
            if feed.hints and feed.hints.arrived.is_set() and task.wake <= self.clock.now:
                task.step()
                if feed.poll_now.is_set():
                    self.tasks[place].wake = 0

    def ask(self, request: Control) -> None:
        """Carry out what an operator asks of capture."""
        task = Task(carry_out(request, self.feeds.values()))
        while not task.done:
            task.step()
        for place, feed in self.feeds.items():
            if feed.sweep_now.is_set():
                feed.sweep_now.clear()
                self.sweep(*place)

    def meet(self) -> None:
        """Enter the ids that outcomes name into the inventories, before a poll can show them."""
        outcomes = self.topics.events["outcomes"]
        self.met = min(self.met, len(outcomes))
        for outcome in outcomes[self.met :]:
            position = self.feeds[outcome.connection, outcome.side, flow_of(outcome.side, outcome.entity)].position  # type: ignore[union-attr]
            if outcome.id is not None and outcome.id not in position.inventory:  # type: ignore[union-attr]
                position.inventory.meet(outcome.id)  # type: ignore[union-attr]
                self.store(position.touched())
        self.met = len(outcomes)

    def rounds(self) -> None:
        """Poll every flow of both sides once, to the end."""
        for task in self.tasks.values():
            task.wake = 0
            while task.wake <= self.clock.now:
                task.step()

    def sweep(self, name: str, side: Side, flow: Flow) -> None:
        """Begin to read a flow whole, as soon as the plan allows it; not at all before its snapshot is done."""
        feed = self.feeds[name, side, flow]
        if feed.position.head.snapshot_at is not None:
            self.sweeps.append(Task(self._sweep(feed)))

    async def _sweep(self, feed: Feed) -> None:
        position = feed.position
        due = sweep_at(position.head, position.survey, every_ms=SWEEP_MS, asked=True, delays=feed.delays)
        while due is not None and due > self.clock.now:
            await pause(due)
        await sweep(feed, Patience(self.clock))  # type: ignore[arg-type]

    def sweep_all(self, name: str, flow: Flow) -> None:
        """Read a flow of both sides whole, to the end."""
        for side in SIDES:
            self.sweep(name, side, flow)
        self.sweep_on()

    def sweep_on(self) -> None:
        """Let the sweeps that are under way come to their end: what one of them read may be gone by now."""
        while self.sweeps:
            self.clock.now = max(self.clock.now, self.sweeps[0].wake)
            self._step_sweep()

    def _step_sweep(self) -> None:
        task = self.sweeps[0]
        if task.wake > self.clock.now:
            return
        task.step()
        if task.done:
            self.sweeps.pop(0)
