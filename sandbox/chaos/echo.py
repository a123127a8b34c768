"""Echoes: commands that wrote although no edit and no difference asked for it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from sandbox.chaos.evidence import Evidence
from sandbox.chaos.people import Edit
from schemas.errors import MappingError
from schemas.flows import Fields, Side, Value, other
from schemas.records import Command, Outcome
from streams.mapping.rows import Row
from streams.sync.state import Link


def echoes(evidence: Evidence, edits: Iterable[Edit]) -> Iterator[str]:
    """Yield a sentence per echo.

    1. A command that writes nothing but what its target showed already, by the command's own word.
    2. A value that is the other side's way to store what this one had said: X was written there because it stood here, and what was
       made of X there came back in the place of X.
    """
    said: defaultdict[tuple[Side, str, str], list[Edit]] = defaultdict(list)
    for edit in edits:
        said[edit.side, edit.id, edit.row].append(edit)
    outcomes = {outcome.command: outcome for outcome in evidence.outcomes if outcome.status == "applied"}
    commands: defaultdict[str, list[Command]] = defaultdict(list)
    for command in sorted(evidence.commands, key=lambda command: command.issued_at):
        if command.op in ("create", "update") and command.id in outcomes:
            commands[command.link].append(command)
    for link in evidence.links.all:
        pair = _Pair(evidence, link, said)
        for command in commands[link.id]:
            yield from pair.judge(command)
            pair.note(command, outcomes[command.id])


class _Pair:
    def __init__(self, evidence: Evidence, link: Link, said: dict[tuple[Side, str, str], list[Edit]]) -> None:
        self._link, self._world, self._said = link, evidence.world, said
        self._rows = evidence.world.mapping[link.flow].rows
        self._stored: dict[tuple[Side, str], tuple[Value, Value]] = {}
        """(side, row) -> what was last written there, and what the side made of it."""

    def note(self, command: Command, outcome: Outcome) -> None:
        """Take in what became of a command."""
        for row, value in self._written(command, command.fields):
            self._stored[command.side, row.name] = value, _read(row, command.side, outcome.record or command.fields)

    def judge(self, command: Command) -> Iterator[str]:
        """Yield a sentence per echo in a command."""
        if command.op != "update":
            return
        expected = {row.name: value for row, value in self._written(command, command.expect)}
        written = list(self._written(command, command.fields))
        if written and all(self._same(row, value, expected.get(row.name)) for row, value in written):
            yield f"{command.id}: {command.side} showed {command.fields} already"
        for row, value in written:
            if self._comes_back(command, row, value, expected.get(row.name)):
                before = expected.get(row.name)
                yield f"{command.id}: {row.name} of {command.side} became {value!r}, which is how the other side stored {before!r}"

    def _comes_back(self, command: Command, row: Row, value: Value, expected: Value) -> bool:
        away = other(command.side)
        sent, stored = self._stored.get((away, row.name), (None, None))
        if self._same(row, sent, stored) or not self._same(row, value, stored) or not self._same(row, expected, sent):
            return False
        edits = self._said[away, self._link.side(away).id or "", row.name]
        return not any(edit.sent_at <= command.issued_at and self._same(row, edit.value, value) for edit in edits)

    def _written(self, command: Command, fields: Fields) -> Iterator[tuple[Row, Value]]:
        for row in self._rows:
            if row.path(command.side) in command.fields:
                yield row, _read(row, command.side, fields)

    def _same(self, row: Row, one: Value, two: Value) -> bool:
        return self._world.same(self._link.flow, row.name, one, two)


def _read(row: Row, side: Side, fields: Fields) -> Value:
    native = fields.get(row.path(side) or "")
    try:
        return None if native is None else row.kind.read(side, native)
    except MappingError:
        return native  # what no row can read is like itself alone
