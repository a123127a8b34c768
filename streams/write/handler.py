"""The lane handler of a sink: a command comes in, its Outcome and the `finished` row go out in one transaction.

1. What is no command becomes a dead letter.
2. A finished command is a redelivery: skipped.
3. `not_before` is waited for.
4. The command is carried out; its passing faults are waited out in place, holding its lane, so that a link's order holds.
5. A refusal for good becomes the outcome `rejected` and a dead letter. FatalError passes: the engine ends the worker.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog

from connectors.budget import Priority, on_errand
from connectors.calls import counted
from schemas.codec import encode, expect
from schemas.errors import FatalError, RejectedError, SchemaError, SyncError
from schemas.flows import ENTITIES, Side, flow_of
from schemas.records import Command
from streams.clock import now_ms
from streams.engine.contracts import LaneContext, Table
from streams.engine.records import Outputs, Produce, Record
from streams.letters import dead_letter
from streams.patience import Stopped
from streams.topics import OUTCOMES, partition_of
from streams.write.account import Account
from streams.write.answer import Answer
from streams.write.create import create
from streams.write.delete import delete
from streams.write.finished import finished_row, is_finished
from streams.write.job import Job
from streams.write.read import read
from streams.write.update import update

OPERATIONS: Final[Mapping[str, Callable[[Job], Awaitable[Answer]]]] = {
    "create": create,
    "update": update,
    "deactivate": update,
    "delete": delete,
    "read": read,
}
"""What can be carried out; to switch a record off is to write one field of it."""

log = structlog.get_logger(__name__)


class Writer:
    """Carries out the commands of one side; a `streams.engine` LaneHandler."""

    def __init__(self, side: Side, accounts: Mapping[str, Account], partitions: int) -> None:
        """Write to `accounts` (by connection); outcomes go to the connection's partition of `partitions`."""
        self._side: Side = side
        self._accounts = accounts
        self._partitions = partitions
        self._assignment: asyncio.Event | None = None
        self._assigned_at = 0

    async def handle(self, record: Record, table: Table, context: LaneContext) -> Outputs | None:
        """Carry out one command; None when it has to come again. Raises RetriableError when it cannot be read yet."""
        try:
            command = self._command(record)
        except SchemaError as error:
            return self._garbage(record, error)
        if is_finished(table, command):
            return Outputs()
        with counted() as tally:
            try:
                answer = await self._carry_out(command, record, context)
            except Stopped:
                return None
            except FatalError:
                raise
            except Exception as error:  # noqa: BLE001 - tolerance: whatever one record leads to, the others go on
                return self._rejected(record, command, error, tally.calls)
        self._tell(command, answer, tally.calls)
        return self._finished(command, answer, tally.calls)

    def refuse(self, record: Record, reason: str) -> Outputs:
        """Turn a command whose outcome no broker would take into a dead letter; the outcome goes without the record."""
        try:
            command = self._command(record)
        except SchemaError as error:
            return self._garbage(record, error)
        return self._rejected(record, command, RejectedError(reason), 0)

    def _command(self, record: Record) -> Command:
        command = expect(record.value, Command)
        if command.side != self._side or command.entity not in ENTITIES[self._side].values():
            raise SchemaError(f"a command to {command.op} {command.side} {command.entity} among those for {self._side}")
        return command

    async def _carry_out(self, command: Command, record: Record, context: LaneContext) -> Answer:
        account, operation = self._accounts.get(command.connection), OPERATIONS.get(command.op)
        if account is None:
            raise RejectedError(f"connection {command.connection} is not configured")
        if operation is None:
            raise RejectedError(f"{self._side}: no way to {command.op} a record")
        await account.introduction.wait(context.stopped)
        repeated = command.repeat or context.attempt > 0 or record.offset < context.end_offset_at_assignment
        job = Job(command, account, context, repeated, self._settled_at(account, context))
        await job.wait_until(command.not_before or 0)
        with on_errand(Priority.BULK if command.bulk else Priority.LIVE, context.may_start):
            return await operation(job)

    def _settled_at(self, account: Account, context: LaneContext) -> int:
        """Return when whatever was sent before has landed and shows.

        Another worker's last call began before this assignment, and each assignment brings its own `stopped`; a call of this
        worker's own that was broken off began before now.
        """
        if context.stopped is not self._assignment:
            self._assignment, self._assigned_at = context.stopped, now_ms()
        began_at = now_ms() if context.attempt else self._assigned_at
        return began_at + account.timeout_ms + account.lag_ms

    def _finished(self, command: Command, answer: Answer, calls: int) -> Outputs:
        account = self._accounts.get(command.connection)
        outcome = answer.outcome(command, calls, account.sink.skew_ms() if account else 0)
        return Outputs(finished_row(command), [Produce(OUTCOMES, self._partition(command.connection), outcome.key, encode(outcome))])

    def _rejected(self, record: Record, command: Command, error: Exception, calls: int) -> Outputs:
        defect = None if isinstance(error, SyncError) else error
        log.warning("command.rejected", **_about(command), calls=calls, error=str(error), exc_info=defect)
        told = self._finished(command, Answer("rejected", now_ms(), error=str(error)), calls)
        return Outputs(told.rows, [*told.records, self._letter(record, error, command)])

    def _letter(self, record: Record, error: Exception, command: Command | None = None) -> Produce:
        place: dict[str, Any] = {"side": self._side}
        if command:
            place |= {"connection": command.connection, "flow": flow_of(command.side, command.entity), "link": command.link}
        key = command.connection.encode() if command else record.key or b""
        partition = partition_of(key, self._partitions)
        return dead_letter(record, "write", partition, type(error).__name__, str(error), at=now_ms(), **place)

    def _garbage(self, record: Record, error: SchemaError) -> Outputs:
        log.warning("command.dead_lettered", partition=record.partition, offset=record.offset, error=str(error))
        return Outputs(records=[self._letter(record, error)])

    def _partition(self, connection: str) -> int:
        return partition_of(connection.encode(), self._partitions)

    def _tell(self, command: Command, answer: Answer, calls: int) -> None:
        if answer.wrote or answer.status != "applied":
            log.info("command.finished", status=answer.status, **_about(command), record=answer.record and answer.record.id, calls=calls)


def _about(command: Command) -> dict[str, str | None]:
    return {"connection": command.connection, "link": command.link, "op": command.op, "entity": command.entity, "target": command.target}
