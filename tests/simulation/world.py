"""A whole deployment on one virtual clock: systems, people, poller, deciding agent, sinks; what happens next is chance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from structlog.testing import CapturingLogger

from schemas.flows import FLOWS, SIDES, Flow, Side
from streams.capture import heed, inventory, operator, plan, position, sweep, watermark
from streams.sync import change, outcome, pages
from streams.sync.rows import progress_key
from streams.sync.state import Link, Progress, load
from streams.sync.turn import Context
from streams.write.account import Account
from tests.simulation.capture import Poller, Prints
from tests.simulation.clock import Change, Clock, Patience, on, patched
from tests.simulation.decisions import Decisions
from tests.simulation.edges import TIMEOUT_MS, Edge, Network
from tests.simulation.happenings import Happenings
from tests.simulation.operator import Operator
from tests.simulation.options import LAG_MS, Options, offers
from tests.simulation.oracle import Oracle
from tests.simulation.people import People
from tests.simulation.promises import Promises
from tests.simulation.sinks import Sink
from tests.simulation.sync import Agent
from tests.simulation.systems import Stored, System
from tests.simulation.topics import Topics
from tests.simulation.trace import Trace
from tests.simulation.watch import Watch

NEWEST_FIRST: Final[frozenset[Flow]] = frozenset({"opportunity", "product"})
"""Keap's flows without a filter by time."""
APART: Final = 500
"""Between the ids of two ERPs; those of two Keap accounts are the same, so that what takes the one for the other shows either way."""
HEADERS_MS: Final = 600
"""How far off a skew may be: it is measured on headers of whole seconds."""


class Restless(Exception):  # noqa: N818 - a finding
    """The world does not come to rest."""


@dataclass(slots=True)
class Connection:
    """One Keap account paired with one ERP."""

    name: str
    systems: dict[Side, System]
    edges: dict[Side, Edge]
    oracle: Oracle
    people: People


@dataclass
class World:
    """Everything of one seed."""

    random: Random
    options: Options
    trace: Trace = field(default_factory=Trace)

    def __post_init__(self) -> None:
        self.clock = Clock()
        self.topics = Topics(watch=self._published_one)
        self.network = Network(self.options.faults)
        self.connections = {name: self._connection(name) for name in self.options.connections}
        features = self.options.features
        edges = {(n, side): replace(one.edges[side], stale=features.stale) for n, one in self.connections.items() for side in SIDES}
        self.poller = Poller(edges, self.topics, self.clock, self.random, self.options.poll_ms, features)
        lag, rounded = dict.fromkeys(SIDES, LAG_MS), {"keap": 1000, "erp": 0}
        limits = {"bulk": self.options.slots, "live": self.options.slots}
        bounds: Any = {"approve": features.approve, "updates": features.updates, "deletes": features.removals}
        contexts = {n: Context(n, self.options.mapping, lag, rounded, limits, **bounds) for n in self.connections}  # type: ignore[arg-type]
        self.agent = Agent(contexts, self.topics, self.clock, self.random, deaths=self.options.deaths)
        self.sinks = {side: Sink(side, self._accounts(side), self.topics, self.clock, self.random) for side in SIDES}
        self.operator = Operator(self)
        self.decisions = Decisions(self)
        self.happenings = Happenings(self, Random(self.options.features.seed))
        self.promises = Promises(self)
        self.watch = Watch({name: one.systems for name, one in self.connections.items()}, self.options.slots)
        self._links: dict[bytes, Link] = {}

    def _published_one(self, topic: str, record: object) -> None:
        self.trace.note(self.clock.now, topic, record)
        self.watch.see(record)
        self.promises.see(record)

    def _connection(self, name: str) -> Connection:
        oracle, first = Oracle(self.clock), {"keap": 1, "erp": 1 + APART * self.options.connections.index(name)}
        systems: dict[Side, System] = {s: System(s, offers(self.options, s), self.clock, self.random, oracle, first[s]) for s in SIDES}
        edges = {s: self._edge(systems[s]) for s in SIDES}
        return Connection(name, systems, edges, oracle, People(name, systems, self.options, self.random, oracle, self.trace))

    def _edge(self, system: System) -> Edge:
        features, erp = self.options.features, system.side == "erp"
        newest_first = NEWEST_FIRST if not erp else frozenset(FLOWS if features.erp_changes == "newest_first" else ())
        measured_ms = system.offers.skew_ms + self.random.randrange(-HEADERS_MS, HEADERS_MS)
        scans = erp and features.erp_changes == "scan"
        return Edge(system, self.network, newest_first, measured_ms, slow=features.slow, scans=scans)

    def _accounts(self, side: Side) -> dict[str, Account]:
        stamps = {flow: path for flow, mapping in self.options.mapping.items() if (path := mapping.stamp.get(side))}
        patience = Patience(self.clock)
        return {n: Account(one.edges[side], stamps, LAG_MS, TIMEOUT_MS, patience) for n, one in self.connections.items()}  # type: ignore[arg-type]

    # -- chance ------------------------------------------------------------------------------------------------------------

    def live(self) -> None:
        """Fill the systems, then let things happen."""
        for one in self.connections.values():
            one.people.settle_in()
        self.begun = self.clock.now
        self.clock.now += 10_000
        loss = self.random.randrange(self.options.steps) if self.options.total_loss else -1
        for step in range(self.options.steps):
            self.pass_time(self.random.randrange(self.options.pace_ms) if self.random.random() < 0.985 else self.random.randrange(60_000))
            if step == loss:
                self.lose_everything()
            self.something()
            if self.options.features.restless:
                self.happenings.happen()
            for one in self.connections.values():
                if one.people.waiting:
                    self.pass_time(self.random.randrange(1, self.options.pace_ms))
                    one.people.react()
        self.promises.budget()  # at rest polls are made out of turn

    def pass_time(self, ms: int) -> None:
        """Let the clock run; requests that nobody waits for any more land on the way."""
        until = self.clock.now + ms
        for at, effect in sorted(self.network.late, key=lambda item: item[0]):
            if at <= until:
                self.clock.now = max(self.clock.now, at)
                effect()
        self.network.late = [item for item in self.network.late if item[0] > until]
        self.clock.now = until

    def something(self) -> None:
        """Let one thing happen."""
        random, chance = self.random, self.random.random()
        if chance < 0.3:
            for _ in range(random.randrange(1, 14)):
                self.poller.step()
        elif chance < 0.55:
            self.agent.chunk(random.randrange(1, 14))
        elif chance < 0.83:
            sink = self.sinks[random.choice(SIDES)]
            for _ in range(random.randrange(1, 12)):
                sink.step()
        elif chance < 0.97:
            random.choice(list(self.connections.values())).people.act()
        elif chance < 0.98:
            self.operator.act()
        elif chance < 0.985:
            self.poller.sweep(random.choice(self.options.connections), random.choice(SIDES), random.choice(FLOWS))
        else:
            self.trouble()

    def trouble(self) -> None:
        """Let a process die, a paused one wake up."""
        what = self.random.random()
        if not self.options.deaths:
            return
        if what < 0.25:
            self.agent.crash()
        elif what < 0.4:
            self.wake_ghosts()
        elif what < 0.6:
            self.poller.crash(paused=self.happenings.pauses())
        else:
            self.sinks[self.random.choice(SIDES)].crash(forget=self.random.random() < 0.1, paused=self.happenings.pauses())

    def wake_ghosts(self) -> None:
        """Let paused processes go on where they stood, beside their successors."""
        self.agent.wake_ghosts()
        self.poller.wake_ghosts()
        for sink in self.sinks.values():
            sink.wake_ghosts()

    def lose_everything(self) -> None:
        """Lose the table, its changelog, the cursors and all topics, perhaps `finished` too; only the systems remain."""
        for sink in self.sinks.values():
            sink.crash(forget=self.random.random() < 0.5)
            sink.next = sink.end_at_assignment = 0
        self.pass_time(TIMEOUT_MS + LAG_MS)
        self.topics.forget()
        self.agent.changelog.clear()
        for process in (self.poller, *self.sinks.values()):
            while process.ghosts:
                process.ghosts.pop().kill()  # what they would go on with is lost
        self.agent.ghosts.clear()
        self.agent.crash(forget=True)
        self.poller.crash(forget=True)
        for edge in self.poller.edges.values():
            edge.blind_until = 0
        self.watch.forget()
        self.promises.stopped.clear()  # nobody knows any more what was disputed
        for one in self.connections.values():
            one.oracle.forgotten_at = self.clock.now
        self.trace.note(self.clock.now, "everything is lost", None)

    # -- rest --------------------------------------------------------------------------------------------------------------

    def rest(self) -> int:
        """Let everything come to rest; return how many commands that took. Raises Restless."""
        self.network.faults = self.agent.deaths = 0.0
        for one in self.connections.values():
            one.people.away = True
        self.poller.sweep_on()
        begun, still = self._published(), 0
        for _ in range(150):
            before = self._published()
            self.pass_time(LAG_MS + 5_000)
            self.wake_ghosts()
            self.poller.meet()
            if self.options.features.restless:
                self.happenings.settle()
            self.poller.rounds()
            if self.random.random() < 0.1:
                self.poller.sweep_all(self.random.choice(self.options.connections), self.random.choice(FLOWS))
            self.finish()
            still = still + 1 if before == self._published() else 0
            if still >= 3:
                return self._published() - begun
        raise Restless

    def finish(self) -> None:
        """Decide and write until nothing is left to do."""
        for _ in range(4000):
            self.happenings.insist()
            self.agent.drain()
            moved = [sink.step() for sink in self.sinks.values()]
            if any(moved):
                continue
            if all(sink.idle() for sink in self.sinks.values()) and not self.topics.waiting():
                return
            wakes = [sink.wakes_at() for sink in self.sinks.values() if not sink.idle()]
            self.pass_time(max(0, min(wakes, default=0) - self.clock.now))
        raise Restless

    def _published(self) -> int:
        return sum(len(log) for log in self.topics.commands.values())

    def links(self) -> Iterator[Link]:
        """Yield every link; they are shared, so nobody may change them."""
        for _, row in self.agent.scan(b"link/"):
            link = self._links.get(row)
            if link is None:
                link = self._links[row] = load(row, Link)
            yield link

    def stored(self, link: Link, side: Side) -> Stored | None:
        """Return a link's record on a side, as its system has it; None while there is none."""
        return self.connections[link.connection].systems[side].records.get(link.side(side).id or "")

    def progress(self, name: str) -> Progress:
        """Return what a connection has come to."""
        row = self.agent.get(progress_key(name))
        return load(row, Progress) if row else Progress()

    def close(self) -> None:
        """End all processes."""
        reading = (*self.poller.tasks.values(), *self.poller.sweeps, *self.poller.followers.values(), *self.poller.ghosts)
        writing = (task for sink in self.sinks.values() for task in (*(task for _, task in sink.lanes.values()), *sink.ghosts))
        for task in (*reading, *writing):
            task.kill()


@contextmanager
def simulated(world: World) -> Iterator[World]:
    """Put the program into a world: on its clock, with small pages and short overlaps, so that their edges are met."""
    small: list[Change] = [
        (pages, "PAGE", 4),
        (inventory, "CHUNK_IDS", 5),
        (plan, "FULL_EVERY_MS", 4_000),
        (watermark, "OVERLAP_MS", 8_000),
        (sweep, "WHOLE", 0.4),
        (sweep, "log", CapturingLogger()),
        (operator, "log", CapturingLogger()),
        (heed, "MANY", 3),
        (position, "fingerprint", Prints()),
        (change, "observe", world.agent.observe),
        (outcome, "observe", world.agent.observe),
    ]
    with ExitStack() as stack:
        stack.enter_context(patched(*on(world.clock), *small))
        stack.callback(world.close)
        yield world
