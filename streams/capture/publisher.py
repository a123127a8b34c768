"""The one writer of a partition: Changes, inventory and cursor leave it together or not at all.

Positions are changed here only, under the lock and together with the transaction that stores them: what is stored is never ahead of what
is published. After a failed transaction memory is ahead of the broker; the error is fatal for that reason.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import structlog

from schemas.codec import encode
from schemas.errors import RecordError
from schemas.records import Change, Cursor, ScanMark, Survey
from streams.capture.fingerprint import MISSED
from streams.capture.position import Fresh, Position
from streams.capture.transactions import Message, Transactions
from streams.capture.undeliverable import change_letter, value_of
from streams.topics import CHANGES, CONTROL, CURSORS, DEAD_LETTERS, HINTS, OUTCOMES

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Names:
    """What the broker calls the things capture touches."""

    changes: str = CHANGES
    cursors: str = CURSORS
    outcomes: str = OUTCOMES
    dead_letters: str = DEAD_LETTERS
    hints: str = HINTS
    control: str = CONTROL
    group: str = "capture"


NAMES = Names()


class Publisher:
    """Writes one partition, one transaction at a time."""

    def __init__(self, transactions: Transactions, partition: int, names: Names = NAMES) -> None:
        """Write by `transactions`, which are open."""
        self._transactions = transactions
        self._partition = partition
        self._names = names
        self._lock = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    async def publish(
        self,
        position: Position,
        fresh: Sequence[Fresh] = (),
        *,
        mark: ScanMark | None = None,
        head: Cursor | None = None,
        missed: Collection[str] = (),
        survey: Callable[[Survey], Survey] | None = None,
    ) -> None:
        """Publish what is fresh, in its order and then the mark, with the inventory, head and survey that say so.

        Finished even when the caller is cancelled meanwhile: `close` waits for it.

        Args:
            head: only a poll moves it, and a flow has one poller.
            missed: ids that a sweep did not show.
            survey: what to make of the survey as it is then: sweeps, hints and operators change it side by side.

        Raises:
            FatalError: the broker refused, because another process owns the partition now or for a defect.
        """

        def note() -> list[Message]:
            for each in fresh:
                position.remember(each)
            for id_ in missed:
                position.inventory.put(id_, MISSED)
            position.head = head or position.head
            position.survey = survey(position.survey) if survey else position.survey
            records = [self._change(each.change) for each in fresh]
            marks = [Message(self._names.changes, mark.key, encode(mark))] if mark else []
            surveys = [Message(self._names.cursors, position.survey.key, encode(position.survey))] if survey else []
            return records + marks + surveys + self._stored(position, with_head=head is not None)

        await self._in_turn(note)

    async def meet(self, position: Position, ids: Sequence[str]) -> None:
        """Enter ids that exist, before anything of them is published."""

        def note() -> list[Message]:
            for id_ in ids:
                position.inventory.meet(id_)
            return self._stored(position, with_head=False)

        if any(id_ not in position.inventory for id_ in ids):
            await self._in_turn(note)

    async def distrust(self, position: Position) -> None:
        """Have everything published again as it is read next: stored, so that it is done whatever ends in between."""

        def note() -> list[Message]:
            position.inventory.distrust()
            return self._stored(position, with_head=False)

        await self._in_turn(note)

    async def send(self, messages: Sequence[Message]) -> None:
        """Write messages in a transaction of their own."""
        await self._in_turn(lambda: list(messages))

    async def close(self) -> None:
        """Wait for the transaction under way."""
        await asyncio.gather(*self._running, return_exceptions=True)

    def _change(self, change: Change) -> Message:
        try:
            return Message(self._names.changes, change.key, value_of(change))
        except RecordError as error:
            letter = change_letter(change, self._names.changes, self._partition, error)
            log.warning("change.dead_lettered", ref=change.ref, connection=change.connection, error=str(error))
            return Message(self._names.dead_letters, letter.key_bytes, encode(letter))

    def _stored(self, position: Position, *, with_head: bool) -> list[Message]:
        cursors = [*position.touched(), *([position.head] if with_head else [])]
        return [Message(self._names.cursors, cursor.key, encode(cursor)) for cursor in cursors]

    async def _in_turn(self, note: Callable[[], list[Message]]) -> None:
        async def turn() -> None:
            async with self._lock:
                if messages := note():
                    await asyncio.to_thread(self._transactions.commit, messages)

        task = asyncio.create_task(turn())
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await asyncio.shield(task)
