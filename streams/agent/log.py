"""One line per event that changed something."""

from __future__ import annotations

import structlog

from schemas.errors import SyncError
from streams.engine.records import Record
from streams.sync.decide import Event
from streams.sync.turn import Decision

log = structlog.get_logger(__name__)


def log_decision(event: Event, decision: Decision) -> None:
    """Log what an event led to; echoes and duplicates lead to nothing and leave no line."""
    if decision.letters:
        log.warning("record.refused", kind=type(event).__name__, faults=[part.message for part in decision.letters])
    if not decision.commands and not decision.journal:
        return
    log.info(
        "event.decided",
        kind=type(event).__name__,
        connection=event.connection,
        ref=getattr(event, "ref", None) or getattr(event, "link", None),
        journal=[f"{entry.kind} {entry.detail}" for entry in decision.journal],
        commands=[f"{command.op} {command.side}/{command.entity}" for command in decision.commands],
    )


def log_requests(decision: Decision) -> None:
    """Log what capture is asked for: a flow with new rows is read again, which calls and writes follow from."""
    for asked in decision.requests:
        log.info("rows.added", connection=asked.connection, flow=asked.args.get("flow"), asked=asked.op)


def log_refused(record: Record, error: Exception) -> None:
    """Log a record that became a dead letter; what is no error of ours is a defect and shows where."""
    defect = None if isinstance(error, SyncError) else error
    log.warning("record.refused", topic=record.topic, partition=record.partition, offset=record.offset, error=str(error), exc_info=defect)


def log_skipped(connection: str, error: Exception) -> None:
    """Log what nobody's record led to and is a defect: work left from before that raised, and was let go."""
    log.warning("release.refused", connection=connection, error=str(error), exc_info=error)
