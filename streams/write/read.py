"""Carry out a `read`: what does the record show now?"""

from __future__ import annotations

from schemas.errors import GoneError
from streams.clock import now_ms
from streams.write.answer import Answer
from streams.write.job import Job


async def read(job: Job) -> Answer:
    """Return the record as it is; its time is the one before the request went out."""
    return await job.call(lambda: _attempt(job))


async def _attempt(job: Job) -> Answer:
    asked_at = now_ms()
    try:
        shown = await job.sink.get(job.flow, job.target)
    except GoneError as error:
        return Answer("gone", asked_at, error=str(error))
    return Answer("gone" if shown.deleted else "applied", asked_at, shown)
