"""What the core noted about rows of the mapping and about breakers, as sentences for an operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.fields import waiting_sentence
from console.read_model.records import read_compacted
from schemas.errors import ConfigurationError
from streams.connections import whole_mapping_of
from streams.sync.newcomers import name_of
from streams.sync.rows import counting_key
from streams.sync.state import Ids, Progress, Window, load
from streams.topics import LINKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from streams.settings import Settings

FLOW_ROWS: Final = b"flow/"


def read_notes(settings: Settings) -> dict[bytes, bytes]:
    """Return the rows that the core keeps of each connection; raises RetriableError without a broker."""
    return read_compacted(settings, LINKS, FLOW_ROWS)


def habit_warnings(rows: Mapping[bytes, bytes]) -> list[str]:
    """Return a sentence per row whose values a target makes something else of, and per breaker that is open."""
    found = []
    for key, row in rows.items():
        _, connection, *rest = key.decode().split("/")
        if rest == ["progress"]:
            found += [f"{connection}: {what}" for what in load(row, Progress).warned]
        elif rest[0] == "breaker" and load(row, Window).open:
            found.append(f"{connection}: {'/'.join(rest)}: too many writes, stopped; see `keapsync breakers`")
    return found


def waiting_rows(settings: Settings, rows: Mapping[bytes, bytes]) -> list[str]:
    """Return a sentence per connection with optional rows that did not count when its workers started."""
    found = []
    for name, connection in settings.connections.items():
        counting = rows.get(counting_key(name))
        if counting is None:
            continue
        try:
            whole = whole_mapping_of(settings, connection)
        except ConfigurationError:  # the workers say it
            continue
        count = set(load(counting, Ids).ids)
        every = ((flow, row) for flow, one in whole.items() for row in one.rows)
        waiting = [(flow, str(row.label)) for flow, row in every if row.optional and name_of(flow, row) not in count]
        if sentence := waiting_sentence(waiting):
            found.append(f"{name}: {sentence}")
    return found
