"""The deciding agent of one partition: chunks of events, decided over an overlay, one transaction each, a fence against its own ghost.

The table is a local store that follows a changelog; the store may be lost, the changelog (in all worlds but those of total loss) not.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random

from schemas.flows import Side
from schemas.records import Change, Command, JournalEntry
from streams.engine.overlay import Overlay
from streams.sync import decide as core
from streams.sync.change import observe
from streams.sync.state import SideState
from streams.sync.turn import Context, Decision, Letter
from tests.simulation.clock import Clock
from tests.simulation.topics import Topics


@dataclass(slots=True)
class Transaction:
    """What a chunk came to; committed whole or not at all."""

    epoch: int
    offsets: dict[str, int]
    rows: dict[bytes, bytes | None] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)
    taken: list[Change] = field(default_factory=list)
    """The readings that the core took in, not those it put aside."""


@dataclass(slots=True)
class Agent:
    """The worker that owns the partition."""

    contexts: Mapping[str, Context]
    topics: Topics
    clock: Clock
    random: Random
    store: dict[bytes, bytes] = field(default_factory=dict)
    changelog: list[tuple[bytes, bytes | None]] = field(default_factory=list)
    followed: int = 0
    """How much of it the local store has taken in."""
    open: set[str] = field(default_factory=set)
    """Connections with a release that is not finished."""
    epoch: int = 0
    crashes: int = 0
    deaths: float = 0.0
    """Probability of each kind of death in a chunk."""
    decided: int = 0
    ghosts: list[Transaction] = field(default_factory=list)
    """Transactions of paused workers, to be committed when they wake up."""
    taken: defaultdict[tuple[str, Side, str], list[Change]] = field(default_factory=lambda: defaultdict(list))
    """(connection, side, record) -> the readings that were taken in and committed."""
    taking: list[Change] = field(default_factory=list)

    def get(self, key: bytes) -> bytes | None:
        """Return a row."""
        return self.store.get(key)

    def scan(self, prefix: bytes) -> list[tuple[bytes, bytes]]:
        """Return the rows under a prefix."""
        return [(key, row) for key, row in self.store.items() if key.startswith(prefix)]

    def chunk(self, size: int) -> None:
        """Decide on some waiting events, the three topics interleaved anew each time; perhaps die before or after the commit."""
        events = self.topics.take(self.random, size)
        transaction, overlay = self._begin()
        self.taking = transaction.taken
        for event in events:
            self.decided += 1
            self._lay(transaction, overlay, event.connection, core.decide(self.contexts[event.connection], overlay, event, self.clock.now))
        for name in sorted(self.open) if not events or self.random.random() < 0.5 else ():
            self._lay(transaction, overlay, name, core.release(self.contexts[name], overlay, self.clock.now), continued=True)
        fate = self.random.random()
        if fate < self.deaths:
            self.crash()  # before the commit: nothing happened
        elif fate < self.deaths * 2:
            self.ghosts.append(transaction)  # paused; its successor takes over
            self.crash()
        else:
            self.commit(transaction, torn=fate < self.deaths * 3)

    def observe(self, state: SideState, change: Change, *, written: bool) -> None:
        """Note what the core takes in, and let it."""
        self.taking.append(change)
        observe(state, change, written=written)

    def _begin(self) -> tuple[Transaction, Overlay]:
        return Transaction(self.epoch, dict(self.topics.position)), Overlay(self)  # type: ignore[arg-type]

    def _lay(self, transaction: Transaction, overlay: Overlay, name: str, decision: Decision, *, continued: bool = False) -> None:
        overlay.lay(decision.rows)
        transaction.rows |= decision.rows
        transaction.commands += decision.commands
        transaction.journal += decision.journal
        transaction.letters += decision.letters
        if decision.more:
            self.open.add(name)
        elif continued:
            self.open.discard(name)

    def commit(self, transaction: Transaction, *, torn: bool = False) -> None:
        """Write a chunk's transaction, unless a successor fenced its worker; torn: die before the local store follows."""
        if self.fenced(transaction):
            return
        self.publish(transaction)
        self.topics.committed |= transaction.offsets
        for change in transaction.taken:
            self.taken[change.connection, change.side, change.id].append(change)
        if torn:
            self.crash()
        else:
            self._follow()

    def fenced(self, transaction: Transaction) -> bool:
        """Tell whether the broker refuses a transaction: a successor of its worker has taken over."""
        return transaction.epoch != self.epoch

    def publish(self, transaction: Transaction) -> None:
        """Make a transaction visible, all of it at once."""
        self.changelog += transaction.rows.items()
        self.topics.publish(transaction.commands, transaction.journal, transaction.letters)

    def _follow(self) -> None:
        for key, row in self.changelog[self.followed :]:
            if row is None:
                self.store.pop(key, None)
            else:
                self.store[key] = row
        self.followed = len(self.changelog)

    def crash(self, *, forget: bool | None = None) -> None:
        """Die and come back: offsets were committed a while ago, the local store may be lost."""
        self.crashes += 1
        self.epoch += 1
        self.topics.redeliver(self.random)
        if forget or (forget is None and self.random.random() < 0.2):
            self.store.clear()
            self.followed = 0
        self._follow()
        self.open.clear()
        transaction, overlay = self._begin()
        for name, context in self.contexts.items():
            self._lay(transaction, overlay, name, core.assigned(context, overlay, self.clock.now))
        self.commit(transaction)

    def wake_ghosts(self) -> None:
        """Let paused workers go on where they stood."""
        ghosts, self.ghosts = self.ghosts, []
        for transaction in ghosts:
            self.commit(transaction)

    def drain(self) -> None:
        """Decide until nothing waits."""
        while self.topics.waiting() or self.open:
            self.chunk(20)
