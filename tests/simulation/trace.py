"""What happened in a world, line by line; shortened to what has to do with a violation."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from schemas.records import Change, Command, Control, JournalEntry, Outcome, ScanMark
from tests.simulation.clock import START

LINES = 60
"""The most a shortened trace shows."""


@dataclass(slots=True)
class Trace:
    """Kept only when asked for: a failing seed is run a second time for it."""

    keep: bool = False
    lines: list[str] = field(default_factory=list)

    def note(self, now: int, topic: str, record: object) -> None:
        """Remember what happened."""
        if self.keep:
            self.lines.append(f"{(now - START) / 1000:9.3f} {topic:10} {'' if record is None else _told(record)}")

    def about(self, sentence: str) -> list[str]:
        """Return the last lines about the links and records that a sentence names."""
        names = set(re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}|\b[ke]\d+\b", sentence))
        for _ in range(2):  # a link names its records, a record its link
            for line in self.lines:
                if any(re.search(rf"\b{name}\b", line) for name in names) and " link " in line:
                    names |= set(re.findall(r"link ([0-9a-f-]{36})", line))
        found = [line for line in self.lines if any(re.search(rf"\b{name}\b", line) for name in names)]
        return (found or self.lines)[-LINES:]


def _told(record: object) -> str:  # noqa: PLR0911 - a table
    match record:
        case Change():
            times = f"v{record.version} updated {_at(record.updated_at)} read {_at(record.read_at)}"
            return f"{record.connection} {record.ref} {record.id} {record.op} {record.capture} {times} {record.fields}"
        case ScanMark():
            return f"{record.connection} {record.side}/{record.entity} {record.kind}"
        case Command():
            what = f"{record.side} {record.op} {record.target} {record.fields}"
            return f"link {record.link} {what} expects {record.expect} v{record.version}{' again' if record.repeat else ''}"
        case Outcome():
            what = f"{record.status} {record.id} v{record.version} updated {_at(record.updated_at)} {record.record}"
            return f"link {record.link} {record.side} {what} {record.error or ''}"
        case JournalEntry():
            more = f"{record.side or ''} {record.field or ''} won {record.won} lost {record.lost}" if record.field else ""
            return f"link {record.link} {record.kind}: {record.detail} {more}"
        case Control():
            return f"{record.op} {record.args}"
        case _:
            return str(record)


def _at(at: int | None) -> str:
    return "-" if at is None else f"{(at - START) / 1000:.3f}"
