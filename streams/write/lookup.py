"""Recognise the record that an earlier attempt of a create may have made."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from connectors.base import Record
from schemas.flows import Fields
from schemas.records import Command
from streams.write.compare import alike

EARLY_MS: Final = 5_000
"""How far before the command a record may seem to be created: what is left of their clock against ours when the skew is off."""


def created(candidates: Iterable[Record], command: Command, stamp_path: str | None, rounded_ms: int, skew_ms: int = 0) -> Record | None:
    """Return the candidate that this command created, None when none is.

    The stamp decides alone where the side carries one: it was written with the record. Without it: created since the command was issued,
    then all fields sent, else the match keys.

    Args:
        candidates: newest first.
        command: the create.
        stamp_path: the native path of the side's stamp, None where it has none.
        rounded_ms: how far the side's times may lie from the true ones.
        skew_ms: how far the side's clock is ahead of ours.
    """
    living = [record for record in candidates if not record.deleted]
    if stamp_path is not None and command.stamp is not None:
        return next((record for record in living if record.fields.get(stamp_path) == command.stamp), None)
    since = command.issued_at + skew_ms - EARLY_MS - rounded_ms
    young = [record for record in living if record.created_at is None or record.created_at >= since]
    return _showing(young, command.fields) or _showing(young, command.match)


def _showing(records: Iterable[Record], fields: Fields) -> Record | None:
    """Return the first record that shows all of `fields`; none shows nothing."""
    said = {path: value for path, value in fields.items() if value not in (None, "")}
    if not said:
        return None
    return next((record for record in records if all(alike(record.fields.get(path), value) for path, value in said.items())), None)
