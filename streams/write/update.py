"""Carry out an `update`: only onto what the decision was based on.

* With versions: conditional on the version the decision knew, without reading first. When it moved, the record that came back is
  compared: if our fields still show what was expected, the write goes again under the new version.
* Without: read, compare, patch. An edit between the two, milliseconds, is overwritten; the API offers no way to tell. The patch waits
  behind no other call: of an account with few calls a second and many lanes that would be seconds.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from connectors.base import Record
from connectors.budget import begun
from schemas.errors import ConflictError, GoneError
from streams.clock import now_ms
from streams.write.answer import Answer
from streams.write.compare import verdict
from streams.write.job import Job
from streams.write.read import read

ATTEMPTS: Final = 4
"""The first write and three more under newer versions; a record that moves faster is decided about anew."""


async def update(job: Job) -> Answer:
    """Write the command's fields, find them written, or return the record that moved."""
    base = _as_decided(job)
    shown: Record | None = None
    for _ in range(ATTEMPTS):
        try:
            return await job.call(partial(_write, job, base) if base else partial(_compare, job, shown))
        except ConflictError as error:
            base, shown = None, error.record if isinstance(error.record, Record) else None
    if shown:
        return Answer("conflict", now_ms(), shown)
    answer = await read(job)
    return answer if answer.status == "gone" else replace(answer, status="conflict")


def _as_decided(job: Job) -> Record | None:
    """Return the record as the decision knew it, when the side can tell whether it still is that one."""
    if not job.traits.versions or job.command.version is None:
        return None
    return Record(id=job.target, fields=job.command.expect, version=job.command.version)


async def _compare(job: Job, shown: Record | None) -> Answer:
    """Compare what the record shows, reading it unless a refusal brought it, and write what is left."""
    asked_at = now_ms()
    try:
        shown = shown or await job.sink.get(job.flow, job.target)
    except GoneError as error:
        return Answer("gone", asked_at, error=str(error))
    if shown.deleted:
        return Answer("gone", asked_at, shown)
    # Whatever does not show off is on, said or not: to switch it off expects nothing.
    expected = shown.fields if job.command.op == "deactivate" else job.command.expect
    match verdict(shown.fields, job.command.fields, expected):
        case "done":
            return Answer("applied", asked_at, shown)
        case "moved":
            return Answer("conflict", asked_at, shown)
        case "expected":
            with begun():
                return await _write(job, shown)


async def _write(job: Job, base: Record) -> Answer:
    asked_at = now_ms()
    try:
        written = await job.sink.update(job.flow, base, job.command.fields)
    except GoneError as error:
        return Answer("gone", asked_at, error=str(error))  # by the time of the answer somebody may have brought it back
    return Answer("applied", now_ms(), written, wrote=True)
