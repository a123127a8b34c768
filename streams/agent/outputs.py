"""Decisions gathered into what one transaction writes."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.codec import encode
from streams.engine.overlay import Overlay
from streams.engine.records import Outputs, Produce
from streams.sync.turn import Decision
from streams.topics import COMMANDS, CONTROL, JOURNAL


class Gathered:
    """The rows and records of some decisions; `table` shows each of them to the next."""

    def __init__(self, partition: int, table: Overlay) -> None:
        self.table = table
        self._partition = partition
        self._rows: dict[bytes, bytes | None] = {}
        self._records: list[Produce] = []

    def add(self, decision: Decision) -> Decision:
        """Take in a decision whole."""
        self.table.lay(decision.rows)
        self._rows.update(decision.rows)
        self.send(Produce(COMMANDS[command.side], None, command.key, encode(command)) for command in decision.commands)
        self.send(Produce(JOURNAL, self._partition, entry.key, encode(entry)) for entry in decision.journal)
        self.send(Produce(CONTROL, self._partition, asked.key, encode(asked)) for asked in decision.requests)
        return decision

    def send(self, records: Iterable[Produce]) -> None:
        """Take in records to send."""
        self._records.extend(records)

    def outputs(self, *, more: bool) -> Outputs:
        """Return everything gathered."""
        return Outputs(self._rows, self._records, more)
