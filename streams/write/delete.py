"""Carry out a `delete`: only of the record that the decision was based on.

The record is read first, whatever the side can do: a delete cannot be taken back. What is gone already is success.
"""

from __future__ import annotations

from functools import partial

from schemas.errors import GoneError
from streams.clock import now_ms
from streams.write.answer import Answer
from streams.write.compare import same
from streams.write.job import Job


async def delete(job: Job) -> Answer:
    """Delete the record, or return it when it shows anything else than was expected."""
    try:
        return await job.call(partial(_attempt, job))
    except GoneError as error:
        return Answer("gone", now_ms(), error=str(error))


async def _attempt(job: Job) -> Answer:
    asked_at = now_ms()
    shown = await job.sink.get(job.flow, job.target)
    if shown.deleted:
        return Answer("gone", asked_at, shown)
    if not all(same(shown.fields.get(path), value) for path, value in job.command.expect.items()):
        return Answer("conflict", asked_at, shown)
    await job.sink.delete(job.flow, shown)
    return Answer("gone", now_ms(), wrote=True)
