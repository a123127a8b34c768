"""A world in memory: the core's table as it is now, and sides that pretend to have done what they are told.

Nothing leaves it. A pretended create gets an id of its own, so that what waits for it goes on as it would.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from schemas.flows import Fields
from schemas.records import Change, Command, JournalEntry, Outcome
from streams.clock import now_ms
from streams.sync.decide import Event, assigned, decide, release
from streams.sync.turn import Context, Decision

UNBOUNDED = 1_000_000_000


@dataclass(slots=True)
class World:
    """One connection. `rows` is the table, changed in place; `commands` and `journal` collect what was decided."""

    context: Context
    rows: dict[bytes, bytes]
    commands: list[Command] = field(default_factory=list)
    journal: list[JournalEntry] = field(default_factory=list)
    _shown: dict[str, Change] = field(default_factory=dict)
    _answers: deque[Outcome] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Lift the limits on what is in flight: nothing flies here."""
        self.context = replace(self.context, limits={"bulk": UNBOUNDED, "live": UNBOUNDED})

    def get(self, key: bytes) -> bytes | None:
        """Return a row, as the core's table does."""
        return self.rows.get(key)

    def assign(self) -> None:
        """Take up what the real worker left, under these settings."""
        self._settle(lambda: assigned(self.context, self, now_ms()))

    def feed(self, event: Event) -> None:
        """Let the core decide on an event and on everything that follows from it."""
        if isinstance(event, Change):
            self._shown[event.ref] = event
        self._settle(lambda: decide(self.context, self, event, now_ms()))

    def _settle(self, first: Callable[[], Decision]) -> None:
        more = self._apply(first())
        while more or self._answers:
            if more:
                more = self._apply(release(self.context, self, now_ms()))
            else:
                more = self._apply(decide(self.context, self, self._answers.popleft(), now_ms()))

    def _apply(self, decision: Decision) -> bool:
        for key, row in decision.rows.items():
            if row is None:
                self.rows.pop(key, None)
            else:
                self.rows[key] = row
        self.journal += decision.journal
        for command in decision.commands:
            self.commands.append(command)
            self._answers.append(self._answer(command))
        return decision.more

    def _answer(self, command: Command) -> Outcome:
        """Pretend that a command was carried out at once."""
        record_id = command.target or f"dry-run-{len(self.commands)}"
        before = self._shown.get(f"{command.side}/{command.entity}/{record_id}")
        record: Fields = {**(before.fields if before else {}), **command.fields}
        return Outcome(
            command=command.id,
            connection=command.connection,
            link=command.link,
            seq=command.seq,
            side=command.side,
            entity=command.entity,
            status="applied",
            at=now_ms(),
            calls=0,
            id=record_id,
            record=record,
            version=before.version if before else None,
            created_at=before.created_at if before else None,
            updated_at=before.updated_at if before else None,
        )
