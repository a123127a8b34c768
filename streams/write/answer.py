"""What became of a command, before it is put into a record."""

from __future__ import annotations

from dataclasses import dataclass

from connectors.base import Record
from schemas.records import Command, Outcome, Status


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of carrying a command out.

    Attributes:
        status: as in the Outcome.
        at: when a write's answer was known; of a read, and of what is gone, when the request went out (ms).
        record: what the side showed.
        error: its words, or ours.
        wrote: the side was changed.
    """

    status: Status
    at: int
    record: Record | None = None
    error: str | None = None
    wrote: bool = False

    def outcome(self, command: Command, calls: int, skew_ms: int = 0) -> Outcome:
        """Return the record that tells the sync stage; `skew_ms`: how far the side's clock is ahead."""
        record = self.record
        return Outcome(
            command=command.id,
            connection=command.connection,
            link=command.link,
            seq=command.seq,
            side=command.side,
            entity=command.entity,
            status=self.status,
            at=self.at,
            calls=calls,
            id=record.id if record else command.target,
            record=record.fields if record else None,
            version=record.version if record else None,
            created_at=record.created_at if record else None,
            updated_at=record.updated_at if record else None,
            error=self.error,
            skew_ms=skew_ms,
        )
