"""The poller: the program's own plan, scan, inventory and cursors over a broker that commits a transaction whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from schemas.codec import encode
from schemas.flows import FLOWS, SIDES, Flow, Side, flow_of
from schemas.records import Cursor, ScanMark, Survey
from streams.capture.feed import Feed
from streams.capture.fingerprint import MISSED
from streams.capture.plan import Delays, next_run
from streams.capture.position import Fresh, Position
from streams.capture.recover import Place, recover
from streams.capture.scan import scan
from streams.capture.sweep import sweep
from tests.simulation.clock import Clock, Patience, Task, pause
from tests.simulation.edges import Edge
from tests.simulation.topics import Topics


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
        """Commit, as `streams.capture.publisher.Publisher` does; it may die before and after."""
        for each in fresh:
            position.remember(each)
        for record in missed:
            position.inventory.put(record, MISSED)
        position.head = head or position.head
        position.survey = survey(position.survey) if survey else position.survey
        stored: list[Cursor | Survey] = [*position.touched(), *([position.head] if head else []), *([position.survey] if survey else [])]
        await pause()
        if self.epoch != self.poller.epoch:
            return
        for cursor in stored:
            self.poller.cursors[cursor.key] = encode(cursor)
        self.poller.topics.send("changes", [*(each.change for each in fresh), *([mark] if mark else [])])
        await pause()


@dataclass(slots=True)
class Poller:
    """The worker that owns the partition of `cursors`."""

    edges: Mapping[tuple[str, Side], Edge]
    topics: Topics
    clock: Clock
    random: Random
    poll_ms: int
    cursors: dict[bytes, bytes] = field(default_factory=dict)
    feeds: dict[Place, Feed] = field(default_factory=dict)
    tasks: dict[Place, Task] = field(default_factory=dict)
    sweeps: list[Task] = field(default_factory=list)
    """Full scans under way, beside the polls."""
    epoch: int = 0
    crashes: int = -1
    met: int = 0

    def __post_init__(self) -> None:
        self.crash()

    def crash(self, *, forget: bool = False) -> None:
        """Die (or be paused) and come back with what the cursors say."""
        self.crashes += 1
        self.epoch += 1
        for task in [*self.tasks.values(), *self.sweeps]:
            task.kill()
        if forget:
            self.cursors.clear()
        recovered = recover([Stored(item) for item in self.cursors.items()]).positions
        broker = Broker(self, self.epoch)
        for (name, side), edge in self.edges.items():
            for flow in FLOWS:
                place = (name, side, flow)
                position = recovered.get(place) or Position.unknown(*place)
                delays = Delays(edge.traits(flow).rounded_ms, edge.system.offers.lag_ms)
                self.feeds[place] = Feed(flow, edge, position, broker, self.poll_ms / 1000, delays)  # type: ignore[arg-type]
                self.tasks[place] = Task(self._poll(self.feeds[place]))
        self.sweeps.clear()

    async def _poll(self, feed: Feed) -> None:
        while True:
            await self.run(feed)
            await pause(self.clock.now + self.poll_ms)

    async def run(self, feed: Feed) -> None:
        """Carry out the run that is due."""
        position = feed.position
        due = next_run(position.head, recent=position.recent, full_at=position.full_at, now=self.clock.now, delays=feed.delays)
        await scan(feed, due, Patience(self.clock))  # type: ignore[arg-type]

    def step(self) -> None:
        """Bring one flow of one side on."""
        self.meet()
        ready = [place for place, task in self.tasks.items() if task.wake <= self.clock.now]
        if ready:
            self.tasks[self.random.choice(ready)].step()
        if self.sweeps:
            self._step_sweep()

    def meet(self) -> None:
        """Enter the ids that outcomes name into the inventories, before a poll can show them."""
        outcomes = self.topics.events["outcomes"]
        self.met = min(self.met, len(outcomes))
        for outcome in outcomes[self.met :]:
            feed = self.feeds[outcome.connection, outcome.side, flow_of(outcome.side, outcome.entity)]  # type: ignore[union-attr]
            if outcome.id is not None:  # type: ignore[union-attr]
                feed.position.inventory.meet(outcome.id)  # type: ignore[union-attr]
        self.met = len(outcomes)

    def rounds(self) -> None:
        """Poll every flow of both sides once, to the end."""
        for task in self.tasks.values():
            task.wake = 0
            while task.wake <= self.clock.now:
                task.step()

    def sweep(self, name: str, side: Side, flow: Flow) -> None:
        """Begin to read a flow whole, once its snapshot is done."""
        feed = self.feeds[name, side, flow]
        if feed.position.head.snapshot_at is not None:
            self.sweeps.append(Task(sweep(feed, Patience(self.clock))))  # type: ignore[arg-type]

    def sweep_all(self, name: str, flow: Flow) -> None:
        """Read a flow of both sides whole, to the end."""
        for side in SIDES:
            self.sweep(name, side, flow)
        while self.sweeps:
            self._step_sweep()

    def _step_sweep(self) -> None:
        task = self.sweeps[0]
        task.step()
        if task.done:
            self.sweeps.pop(0)
