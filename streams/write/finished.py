"""The table of a sink: link -> the last command of it that was finished. Older or equal ones are redeliveries."""

from __future__ import annotations

from typing import Final

import msgspec

from schemas.records import Command
from streams.engine.contracts import Table

VERSION: Final = 1
"""Of the row's form; a new form brings a function that reads this one."""


class Finished(msgspec.Struct, frozen=True, array_like=True):
    """A row."""

    version: int
    seq: int


_encoder, _decoder = msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(Finished)


def is_finished(table: Table, command: Command) -> bool:
    """Tell whether a command, or a later one of its link, was finished."""
    row = table.get(command.key)
    return row is not None and _decoder.decode(row).seq >= command.seq


def finished_row(command: Command) -> dict[bytes, bytes | None]:
    """Return the row that says a command is finished."""
    return {command.key: _encoder.encode(Finished(VERSION, command.seq))}
