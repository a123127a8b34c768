"""The step that the other two carry out: bytes of an event in; rows, commands and journal entries out, encoded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bench.events import NOW, context
from schemas.codec import decode, encode
from streams.sync.decide import Event, decide, release
from streams.sync.turn import Decision, Table
from streams.topics import COMMANDS, JOURNAL


class Sent(NamedTuple):
    """One record to send."""

    topic: str
    key: bytes
    value: bytes


class Step:
    """Decides on one event after the other; the table shows each one's rows to the next."""

    def __init__(self, connections: tuple[str, ...]) -> None:
        """Decide for these connections."""
        self._contexts = {name: context(name) for name in connections}

    def __call__(self, value: bytes, table: Table) -> Iterator[tuple[Decision, list[Sent]]]:
        """Yield the decision on an event, then one for each page that it released."""
        event: Event = decode(value)  # type: ignore[assignment]  # nothing else is in the topic
        context = self._contexts[event.connection]
        decision = decide(context, table, event, NOW)
        yield decision, _sent(decision)
        while decision.more:
            decision = release(context, table, NOW)
            yield decision, _sent(decision)


def _sent(decision: Decision) -> list[Sent]:
    commands = [Sent(COMMANDS[command.side], command.key, encode(command)) for command in decision.commands]
    return commands + [Sent(JOURNAL, entry.key, encode(entry)) for entry in decision.journal]
