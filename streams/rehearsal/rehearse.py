"""Read both sides whole, decide on everything, imagine every write, and say what a run would do.

1. The links that exist are the start, so that a dry run beside a running system shows only what is left to do.
2. Every record of every flow is read and decided on; after each scan comes its mark.
3. Commands are answered by imagination until none is left.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final

from connectors.base import Page, Record, Source
from schemas.errors import RetriableError
from schemas.flows import SIDES, Flow, Side, entity_of
from schemas.records import Change, Command, ScanMark
from streams.rehearsal.imagine import Imagination
from streams.rehearsal.plan import Plan
from streams.sync.decide import Event, assigned, decide, release
from streams.sync.rows import LINK
from streams.sync.state import Link, load
from streams.sync.turn import Context, Decision

TRIES: Final = 5
"""How often a page is asked for before a dry run gives up."""


class Rehearsal:
    """A dry run of one connection.

    Args:
        context: as the deciding agent has it.
        rows: the table to start from; changed in place, never written anywhere.
        clock: returns ms since the epoch.
    """

    def __init__(self, context: Context, rows: dict[bytes, bytes], clock: Callable[[], int]) -> None:
        self.plan = Plan()
        self._context = context
        self._rows = rows
        self._clock = clock
        self._imagination = Imagination()
        self._commands: deque[Command] = deque()

    def get(self, key: bytes) -> bytes | None:
        """Return a row: the rehearsal is the core's table."""
        return self._rows.get(key)

    async def run(self, sources: Mapping[Side, Source]) -> Plan:
        """Do all of it; raises the tree of `schemas.errors` when a side cannot be read."""
        self._apply(assigned(self._context, self, self._clock()))
        for flow in self._context.mapping:
            for side in SIDES:
                await self._scan(sources[side], side, flow)
        self._settle()
        for key, row in self._rows.items():
            if key.startswith(LINK + f"{self._context.connection}/".encode()):
                self.plan.note_end(load(row, Link))
        return self.plan

    async def _scan(self, source: Source, side: Side, flow: Flow) -> None:
        started_at, cursor, count = self._clock(), None, 0
        while True:
            page = await _patiently(source, flow, cursor)
            for record in page.records:
                self._decide(self._change(record, side, flow, page.read_at, source.skew_ms()))
                count += not record.deleted
            cursor = page.next
            if cursor is None:
                break
        self.plan.flows[flow].read[side] = count
        self._decide(ScanMark(self._context.connection, side, entity_of(flow, side), "snapshot", started_at, count))

    def _change(self, record: Record, side: Side, flow: Flow, read_at: int, skew_ms: int) -> Change:
        change = Change(
            connection=self._context.connection,
            side=side,
            entity=entity_of(flow, side),
            id=record.id,
            op="delete" if record.deleted else "upsert",
            fields=record.fields,
            read_at=read_at,
            capture="sweep",
            version=record.version,
            created_at=record.created_at,
            updated_at=record.updated_at,
            updated_by=record.updated_by,
            skew_ms=skew_ms,
        )
        self._imagination.see(change)
        return change

    def _decide(self, event: Event) -> None:
        decision = decide(self._context, self, event, self._clock())
        self._apply(decision)
        for letter in decision.letters:
            if letter.flow in self.plan.flows:
                self.plan.flows[letter.flow].refused.append(letter)

    def _apply(self, decision: Decision) -> None:
        self._commit(decision)
        while decision.more:
            decision = release(self._context, self, self._clock())
            self._commit(decision)

    def _commit(self, decision: Decision) -> None:
        for key, row in decision.rows.items():
            if row is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = row
        for entry in decision.journal:
            self.plan.note_journal(entry)
        self._commands.extend(decision.commands)

    def _settle(self) -> None:
        """Imagine every command, in order, until none follows from another."""
        while self._commands:
            command = self._commands.popleft()
            self.plan.note_command(command)
            self._decide(self._imagination.answer(command, self._clock()))


async def _patiently(source: Source, flow: Flow, cursor: str | None) -> Page:
    for attempt in range(1, TRIES + 1):
        try:
            return await source.page(flow, since=None, cursor=cursor)
        except RetriableError as error:
            if attempt == TRIES:
                raise
            await asyncio.sleep(error.wait_s if error.wait_s is not None else attempt)
    raise AssertionError
