"""What the engine calls with a chunk of one partition: decode, decide event by event over an overlay, gather one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from schemas.codec import decode
from schemas.errors import FatalError, SchemaError
from schemas.records import Change, Control, Outcome, ScanMark
from streams.agent.log import log_decision, log_refused, log_requests, log_skipped
from streams.agent.outputs import Gathered
from streams.engine.contracts import Table
from streams.engine.overlay import Overlay
from streams.engine.records import Outputs, Produce, Record
from streams.letters import belated_letter, dead_letter
from streams.sync.decide import Event, assigned, decide, release, skip
from streams.sync.pages import PAGE
from streams.sync.turn import Context, Decision, Letter
from streams.topics import partition_of

STAGE: Final = "sync"


class Read(NamedTuple):
    """A record and what it says, or why it cannot be told."""

    record: Record
    event: Event | SchemaError


class SyncHandler:
    """The one agent that decides. Bad input becomes a dead letter; nothing is raised for it.

    Args:
        contexts: connection -> what the core has to know of it.
        partitions: how many partitions the topics have.
        clock: returns ms since the epoch.
    """

    def __init__(self, contexts: Mapping[str, Context], partitions: int, clock: Callable[[], int]) -> None:
        self._contexts = contexts
        self._partitions = partitions
        self._clock = clock
        self._open: dict[int, set[str]] = {}
        """partition -> connections with a release that is not finished."""

    def assigned(self, partition: int, table: Table) -> Outputs | None:
        """Take up what an earlier owner of the partition left."""
        self._open[partition] = set()
        gathered = Gathered(partition, Overlay(table))
        for name, context in self._contexts.items():
            if partition_of(name.encode(), self._partitions) == partition:
                decision = gathered.add(self._taken_up(partition, context, gathered))
                gathered.send(self._belated(partition, name, decision))
                self._note(partition, name, decision)
                log_requests(decision)
        return gathered.outputs(more=bool(self._open[partition]))

    def prepare(self, record: Record) -> Read:
        """Decode a record; raises RetriableError when it cannot be read yet."""
        return Read(record, _event(record))

    def handle(self, partition: int, table: Table, chunk: Sequence[Read]) -> Outputs:
        """Decide about some records, in their order."""
        gathered = Gathered(partition, Overlay(table))
        for record, event in chunk:
            self._one(partition, gathered, record, event)
        return gathered.outputs(more=bool(self._open.get(partition)))

    def more(self, partition: int, table: Table) -> Outputs:
        """Do one page of every open release."""
        gathered = Gathered(partition, Overlay(table))
        for name in sorted(self._open.get(partition, ())):
            decision = gathered.add(self._released(self._contexts[name], gathered))
            gathered.send(self._belated(partition, name, decision))
            if not decision.more:
                self._open[partition].discard(name)
        return gathered.outputs(more=bool(self._open.get(partition)))

    def refuse(self, partition: int, table: Table, record: Record, reason: str) -> Outputs:  # noqa: ARG002 - the engine's signature
        """Turn a record whose outputs no broker would take into a dead letter."""
        return Outputs(records=[dead_letter(record, STAGE, partition, "RecordError", reason, at=self._clock())])

    def _taken_up(self, partition: int, context: Context, gathered: Gathered) -> Decision:
        try:
            return assigned(context, gathered.table, self._clock())
        except FatalError:
            raise
        except Exception as error:  # noqa: BLE001 - the tolerance: a worker that fails at every start helps nobody
            log_skipped(context.connection, error)
            part = Letter(type(error).__name__, str(error) or repr(error))
            self._open[partition].add(context.connection)  # releases that are not finished go on
            return Decision(letters=[part])

    def _released(self, context: Context, gathered: Gathered) -> Decision:
        """Do a page of a release; where one of its links raises, one by one until that is past."""
        for most in (PAGE, 1):
            try:
                return release(context, gathered.table, self._clock(), most)
            except FatalError:
                raise
            except Exception as error:  # noqa: BLE001 - the tolerance, as for records: nobody would ever be past it
                failed = error
        log_skipped(context.connection, failed)
        return skip(context, gathered.table, self._clock(), failed)

    def _one(self, partition: int, gathered: Gathered, record: Record, event: Event | SchemaError) -> None:
        try:
            if isinstance(event, SchemaError):
                raise event  # noqa: TRY301 - one way to a dead letter
            decision = decide(self._context(event), gathered.table, event, self._clock())
        except Exception as error:  # noqa: BLE001 - the tolerance: one poison record stops nothing but itself
            log_refused(record, error)
            words = str(error) or repr(error)
            gathered.send([dead_letter(record, STAGE, partition, type(error).__name__, words, at=self._clock())])
            return
        gathered.add(decision)
        gathered.send(self._refused(record, partition, event.connection, part) for part in decision.letters)
        self._note(partition, event.connection, decision)
        log_decision(event, decision)

    def _refused(self, record: Record, partition: int, connection: str, part: Letter) -> Produce:
        return dead_letter(record, STAGE, partition, part.error, part.message, connection=connection, at=self._clock(), **_place(part))

    def _belated(self, partition: int, connection: str, decision: Decision) -> Iterator[Produce]:
        for part in decision.letters:
            yield belated_letter(STAGE, partition, part.error, part.message, connection=connection, at=self._clock(), **_place(part))

    def _context(self, event: Event) -> Context:
        if event.connection not in self._contexts:
            raise SchemaError(f"connection {event.connection} is not configured here")
        return self._contexts[event.connection]

    def _note(self, partition: int, connection: str, decision: Decision) -> None:
        if decision.more:
            self._open.setdefault(partition, set()).add(connection)


def _place(part: Letter) -> dict[str, str | None]:
    return {"flow": part.flow, "link": part.link, "side": part.side, "field": part.field}


def _event(record: Record) -> Event | SchemaError:
    try:
        event = decode(record.value)
    except SchemaError as error:
        return error
    if not isinstance(event, Change | ScanMark | Outcome | Control):
        return SchemaError(f"a {type(event).__name__} does not belong on {record.topic}")
    return event
