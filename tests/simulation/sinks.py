"""A sink: keyed lanes that run the program's own create, update and read, an outcome and a `finished` row in one transaction each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Final, TypeVar

from schemas.errors import RejectedError
from schemas.flows import Side
from schemas.records import Command
from streams.patience import Stopped
from streams.write.account import Account
from streams.write.answer import Answer
from streams.write.finished import finished_row, is_finished
from streams.write.handler import OPERATIONS
from streams.write.job import Job
from tests.simulation.clock import Clock, Task, pause
from tests.simulation.topics import Topics

T = TypeVar("T")
LANES: Final = 5
"""Commands of different links under way at once."""


@dataclass(slots=True)
class Lane:
    """The part of `streams.engine.contracts.LaneContext` that a job looks at."""

    sink: Sink
    epoch: int
    attempt: int = 0
    stopped: None = None
    calling: bool = False

    def may_start(self) -> bool:
        """No call begins once a successor has taken over."""
        return not self.fenced()

    def fenced(self) -> bool:
        """Tell whether the broker refuses what this lane writes."""
        return self.epoch != self.sink.epoch


class SimulatedJob(Job):
    """A job that waits on the virtual clock."""

    async def call(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Call, as it does; note that a request is under way."""
        lane: Lane = self.context  # type: ignore[assignment]
        lane.calling = True
        try:
            return await super().call(attempt)
        finally:
            lane.calling = False

    async def wait_until(self, at: int) -> None:
        """Wait until a time (ms)."""
        clock: Clock = self.account.patience.clock  # type: ignore[attr-defined]
        while clock.now < at:
            await pause(at)


@dataclass(slots=True)
class Sink:
    """The sink of one side, for all connections of the partition."""

    side: Side
    accounts: Mapping[str, Account]
    topics: Topics
    clock: Clock
    random: Random
    rows: dict[bytes, bytes] = field(default_factory=dict)
    """The table `finished`."""
    lanes: dict[str, tuple[Lane, Task]] = field(default_factory=dict)
    under_way: dict[str, int] = field(default_factory=dict)
    """link -> offset."""
    next: int = 0
    end_at_assignment: int = 0
    assigned_at: int = 0
    crashes: int = 0
    epoch: int = 0
    ghosts: list[Task] = field(default_factory=list)
    """Lanes of a paused worker, which go on when it wakes up."""

    def get(self, key: bytes) -> bytes | None:
        """Return a row of `finished`."""
        return self.rows.get(key)

    def step(self) -> bool:
        """Bring one lane on; False when none can."""
        self._dispatch()
        ready = [link for link, (_, task) in self.lanes.items() if task.wake <= self.clock.now]
        if not ready:
            return False
        link = self.random.choice(ready)
        _, task = self.lanes[link]
        task.step()
        if task.done:
            del self.lanes[link], self.under_way[link]
        return True

    def _dispatch(self) -> None:
        log = self.topics.commands[self.side]
        while self.next < len(log) and len(self.lanes) < LANES and log[self.next].link not in self.lanes:
            command = log[self.next]
            lane = Lane(self, self.epoch)
            self.lanes[command.link] = (lane, Task(self._handle(lane, self.next, command)))
            self.under_way[command.link] = self.next
            self.next += 1

    async def _handle(self, lane: Lane, offset: int, command: Command) -> None:
        if is_finished(self, command):  # type: ignore[arg-type]
            return
        account = self.accounts[command.connection]
        repeated = command.repeat or offset < self.end_at_assignment
        job = SimulatedJob(command, account, lane, repeated, self.assigned_at + account.timeout_ms + account.lag_ms)  # type: ignore[arg-type]
        await job.wait_until(command.not_before or 0)
        try:
            answer = await OPERATIONS[command.op](job)
        except RejectedError as error:
            answer = Answer("rejected", self.clock.now, error=str(error))
        await pause()  # it may die between its call and its commit
        if lane.fenced():
            return
        for key, row in finished_row(command).items():
            self.rows[key] = row or b""
        self.topics.send("outcomes", [answer.outcome(command, 1, account.sink.skew_ms())])

    def idle(self) -> bool:
        """Tell whether nothing is left to do."""
        return not self.lanes and self.next >= len(self.topics.commands[self.side])

    def wakes_at(self) -> int:
        """Return when the first lane goes on."""
        return min((task.wake for _, task in self.lanes.values()), default=0)

    def crash(self, *, forget: bool = False, paused: bool = False) -> None:
        """Die amid its calls, or be paused, and come back: acks were committed a while ago, `finished` may be lost."""
        self.crashes += 1
        self.epoch += 1
        for lane, task in self.lanes.values():
            if paused and not lane.calling:
                self.ghosts.append(task)
            else:
                task.kill()
        first = min(self.under_way.values(), default=self.next)
        self.lanes.clear()
        self.under_way.clear()
        self.next = max(0, first - self.random.randrange(4))
        if forget:
            self.rows.clear()
        self.end_at_assignment = len(self.topics.commands[self.side])
        self.assigned_at = self.clock.now

    def wake_ghosts(self) -> None:
        """Let a paused worker go on where it stood."""
        for task in self.ghosts:
            while not task.done and task.wake <= self.clock.now:
                try:
                    task.step()
                except Stopped:
                    task.done = True
        self.ghosts = [task for task in self.ghosts if not task.done]
