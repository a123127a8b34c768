"""What the mapping says is what is done: a conflict goes to the side its policy names, a create has what its target asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from schemas.flows import Fields, Side, Value, flow_of, other
from schemas.records import JournalEntry
from streams.mapping.rows import FlowMapping, Row
from streams.sync.state import Link
from tests.simulation.ended import Ended, unmapped
from tests.simulation.oracle import Write
from tests.simulation.systems import Stored

TOLERANCE_MS: Final = 6_000
"""Rounded seconds of both, a skew that is measured on headers, and a record's time, which is that of its last edit, whatever the field."""

FILTER: Final = "filter"


def conflicts_go_by_policy(ended: Ended) -> Iterator[str]:
    """2. Of two values that differ the one stands that the row's policy picks; of `newest` none that is clearly older."""
    for entry in ended.world.topics.journal:
        if entry.kind != "conflict" or entry.detail == "one way" or entry.side is None:
            continue
        row = ended.world.options.mapping[entry.flow].row(entry.field or "")
        said = f"{entry.link} {row.name}: {entry.won!r} of {entry.side} against {entry.lost!r} by {row.policy}"
        if row.direction == "both" and row.group is None and _breaks(ended, entry, row):
            yield said


def _breaks(ended: Ended, entry: JournalEntry, row: Row) -> bool:
    if row.policy in ("keap", "erp"):
        return entry.side != row.policy and None not in (entry.won, entry.lost)
    if row.policy == "fill-empty":
        return entry.won is None and entry.lost is not None
    return row.policy == "newest" and _is_older(ended, entry, row)


def _is_older(ended: Ended, entry: JournalEntry, row: Row) -> bool:
    """Tell whether the winner's records had not been touched for long when the loser's value was typed."""
    link = next((one for one in ended.links.values() if one.id == entry.link), None)
    winner: Side = entry.side or "erp"
    if link is None or link.former or link.merged or row.kind.reference or ended.world.connections[entry.connection].oracle.forgotten_at:
        return False
    one, two = (ended.world.stored(link, side) for side in (winner, other(winner)))
    if one is None or two is None:
        return False
    typed = [write.at for write in _history(ended, link, other(winner), two, row) if _text(row, other(winner), write.value) == entry.lost]
    touched = [state.since for state in one.states if state.since <= entry.at]
    return bool(typed and touched) and max(touched) + TOLERANCE_MS < min(typed)


def creates_have_what_they_need(ended: Ended) -> Iterator[str]:
    """5. No create passes a filter that was closed all the time, or lacks what its target requires."""
    links = {(link.connection, link.id): link for link in ended.links.values()}
    for command in ended.world.watch.issued.values():
        if command.op != "create":
            continue
        mapping = ended.world.options.mapping[flow_of(command.side, command.entity)]
        link, source = links.get((command.connection, command.link)), other(command.side)
        record = ended.world.stored(link, source) if link else None
        told_of = record if record and record.command is None and record.states[0].since <= command.issued_at else None
        shown = [_values(mapping, source, state.fields) for state in told_of.states] if told_of else []
        sent = [_values(mapping, command.side, command.fields)]
        for condition in mapping.creates.get(command.side, ()):
            told = shown if condition.gate == FILTER else sent
            if told and not any(condition.holds(values) for values in told):
                yield f"{command.link} {command.side} {command.entity}: {condition.gate}"


def is_closed(ended: Ended, link: Link, side: Side, record: Stored) -> bool:
    """Tell whether the gate at which a half waits is closed: by its flow's direction, its filter, or what the target requires."""
    mapping, target = ended.world.options.mapping[link.flow], other(side)
    if link.gate == "direction":
        return target not in mapping.creates
    values = _values(mapping, side, record.fields)
    return any(not condition.holds(values) for condition in mapping.creates.get(target, ()) if condition.gate == link.gate)


def _values(mapping: FlowMapping, side: Side, fields: Fields) -> dict[str, Value]:
    return {row.name: _read(row, side, fields.get(path)) for row, path in mapping.shown[side]}


def _read(row: Row, side: Side, native: Value) -> Value:
    return None if unmapped(row, side, native) else row.kind.read(side, native)


def _text(row: Row, side: Side, native: Value) -> str | None:
    value = _read(row, side, native)
    return None if value is None else str(value)


def _history(ended: Ended, link: Link, side: Side, record: Stored, row: Row) -> list[Write]:
    return ended.world.connections[link.connection].oracle.history[side, record.id, row.path(side) or ""]
