"""Carry out a `create` so that no crash, redelivery or lost reply makes a second record.

* With idempotency keys the call is simply repeated under its key, the command's id.
* Without, an attempt that may have reached the server is given time to land and show; then the record is looked up before anything
  is sent again.
* A stamp that is taken names the record: an earlier life of this program made it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial

from connectors.base import Record
from schemas.errors import AmbiguousError, ConflictError, RejectedError
from streams.clock import now_ms
from streams.write.answer import Answer
from streams.write.job import Job
from streams.write.lookup import EARLY_MS, created

Send = Callable[[], Awaitable[Record]]


class _LostReply(Exception):  # noqa: N818 - a turn in the way, not an error of the tree
    """The attempt may have made the record: look, do not repeat."""


async def create(job: Job) -> Answer:
    """Create the command's record once, or find the one that was created.

    Raises:
        RejectedError: the side refuses it, or says it exists and shows nothing that is ours.
    """
    asked_at = now_ms()

    async def send() -> Record:
        nonlocal asked_at
        asked_at = now_ms()
        return await _send(job)

    try:
        answer = await (_with_key(job, send) if job.traits.keys else _with_look_up(job, send))
    except ConflictError as error:
        answer = await _taken(job, error)
    # By the time of the answer somebody may have brought it back.
    return replace(answer, at=asked_at) if answer.status == "gone" else answer


async def _with_key(job: Job, send: Send) -> Answer:
    repeated = job.repeated

    async def attempt() -> Record:
        nonlocal repeated
        try:
            return await send()
        except AmbiguousError:
            repeated = True
            raise

    made = await job.call(attempt)
    if made.deleted:  # the call before this one made it, and somebody deleted it since
        return Answer("gone", now_ms(), made)
    # A repeated call is answered with the record as it is by now: what people changed since must count as their edit, not as ours.
    untouched = made.updated_at is not None and made.updated_at == made.created_at
    return Answer("found" if repeated and not untouched else "applied", now_ms(), made, wrote=True)


async def _with_look_up(job: Job, send: Send) -> Answer:
    if job.repeated:
        await job.wait_until(job.settled_at)
        if answer := await _look(job):
            return answer
    while True:
        try:
            made = await job.call(partial(_send_once, send))
        except _LostReply:
            await job.wait_to_settle()
            if answer := await _look(job):
                return answer
        else:
            return Answer("applied", now_ms(), made, wrote=True)


async def _send(job: Job) -> Record:
    command = job.command
    return await job.sink.create(job.flow, command.fields, stamp=command.stamp, key=command.id)


async def _send_once(send: Send) -> Record:
    try:
        return await send()
    except AmbiguousError as error:
        raise _LostReply from error


async def _look(job: Job) -> Answer | None:
    command, asked_at = job.command, now_ms()
    skew_ms = job.sink.skew_ms()
    since = command.issued_at + skew_ms - EARLY_MS
    candidates = await job.call(partial(job.sink.find_created, job.flow, since=since, stamp=command.stamp, match=command.match))
    found = created(candidates, command, job.stamp_path, job.traits.rounded_ms, skew_ms)
    return Answer("found", asked_at, found) if found else None


async def _taken(job: Job, error: ConflictError) -> Answer:
    record, stamp_path = error.record, job.stamp_path
    if isinstance(record, Record) and stamp_path and record.fields.get(stamp_path) == job.command.stamp:
        return Answer("gone" if record.deleted else "found", now_ms(), record)
    if answer := await _look(job):
        return answer
    raise RejectedError(f"the record exists, and nothing that was found is ours: {error}") from error
