"""Carry out a `delete`: only of the record that the decision was based on.

The record is read first, whatever the side can do: a delete cannot be taken back. What is gone already is success. An attempt that comes
again spares a record that changed since the decision, even to what was expected: an earlier one deleted it, and somebody brought it back.
"""

from __future__ import annotations

from typing import Final

from connectors.base import Record
from connectors.budget import begun
from schemas.errors import GoneError
from streams.clock import now_ms
from streams.write.answer import Answer
from streams.write.compare import same
from streams.write.job import Job

SKEWED_MS: Final = 1_000
"""What is left of their clock against ours: its skew is measured on headers of whole seconds."""


async def delete(job: Job) -> Answer:
    """Delete the record, or return it when it shows anything else than was expected."""
    repeated, asked_at = job.repeated, now_ms()

    async def attempt() -> Answer:
        nonlocal repeated, asked_at
        again, repeated, asked_at = repeated, True, now_ms()
        return await _attempt(job, again=again)

    try:
        return await job.call(attempt)
    except GoneError as error:
        return Answer("gone", asked_at, error=str(error))  # by the time of the answer somebody may have brought it back


async def _attempt(job: Job, *, again: bool) -> Answer:
    asked_at = now_ms()
    shown = await job.sink.get(job.flow, job.target)
    if shown.deleted:
        return Answer("gone", asked_at, shown)
    brought_back = again and _moved(job, shown)
    if brought_back or not all(same(shown.fields.get(path), value) for path, value in job.command.expect.items()):
        return Answer("conflict", asked_at, shown)
    with begun():
        await job.sink.delete(job.flow, shown)
    return Answer("gone", asked_at, wrote=True)


def _moved(job: Job, shown: Record) -> bool:
    """Tell whether a record changed since the decision: by its version, else by its time, in doubt."""
    command = job.command
    if command.version is not None and shown.version is not None:
        return shown.version != command.version
    doubt_ms = job.traits.rounded_ms + SKEWED_MS
    return shown.updated_at is None or shown.updated_at - job.sink.skew_ms() + doubt_ms >= command.issued_at
