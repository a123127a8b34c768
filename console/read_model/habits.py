"""What the core noted about rows of the mapping and about breakers, as sentences for an operator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from console.read_model.records import read_compacted
from streams.sync.state import Progress, load
from streams.topics import LINKS

if TYPE_CHECKING:
    from streams.settings import Settings

FLOW_ROWS: Final = b"flow/"


def habit_warnings(settings: Settings) -> list[str]:
    """Return a sentence per row whose values a target makes something else of, and per breaker that is open."""
    rows = read_compacted(settings, LINKS, FLOW_ROWS)
    found = []
    for key, row in rows.items():
        _, connection, *rest = key.decode().split("/")
        if rest != ["progress"]:
            continue
        progress = load(row, Progress)
        found += [f"{connection}: {what}" for what in progress.warned]
        found += [
            f"{connection}: {gate}: too many writes, stopped; see `keapsync breakers`"
            for gate, window in progress.windows.items()
            if window.open
        ]
    return found
