"""Two systems of record with humans, storage habits and replicas that lag."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from schemas.flows import Fields, Flow, Side


@dataclass
class Stored:
    """A record and every state it ever had."""

    id: str
    flow: Flow
    fields: Fields
    created_at: int
    updated_at: int
    version: int = 1
    deleted: bool = False
    stamp: str | None = None
    past: list[tuple[int, Fields, int, int]] = field(default_factory=list)
    """(until, fields, updated_at, version)"""


@dataclass
class System:
    """One side: Keap rounds times and knows neither versions nor idempotency keys, the ERP the contrary."""

    side: Side
    random: Random
    habits: bool = False
    lag_ms: int = 2_000
    records: dict[str, Stored] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    writes: list[tuple[int, str, str]] = field(default_factory=list)
    number: int = 0

    @property
    def rounded(self) -> bool:
        """Tell whether reads show whole seconds."""
        return self.side == "keap"

    def store(self, value: Any) -> Any:
        """Keep a value the way this system does."""
        return value.strip().upper() if self.habits and isinstance(value, str) and self.side == "erp" and value.isalpha() else value

    def create(self, flow: Flow, fields: Fields, now: int, *, stamp: str | None = None, key: str | None = None) -> Stored:
        """Create a record; with a key the ERP knows, return the one it made."""
        if key is not None and key in self.keys:
            return self.records[self.keys[key]]
        self.number += 1
        record = Stored(f"{self.side[0]}{self.number}", flow, {}, now, now, stamp=stamp)
        record.fields = {path: self.store(value) for path, value in fields.items() if value is not None}
        self.records[record.id] = record
        if key is not None:
            self.keys[key] = record.id
        return record

    def patch(self, record: Stored, fields: Fields, now: int) -> Stored:
        """Change some fields; an unchanged record keeps its time and version."""
        after = {
            path: value for path, value in (record.fields | {p: self.store(v) for p, v in fields.items()}).items() if value is not None
        }
        if after != record.fields:
            record.past.append((now, record.fields, record.updated_at, record.version))
            record.fields, record.updated_at, record.version = after, now, record.version + 1
        return record

    def read(self, record: Stored, now: int, *, fresh: bool = False) -> tuple[Fields, int, int]:
        """Return (fields, updated_at, version) as a read shows them: perhaps a replica's older state, times rounded up."""
        seen_at = now if fresh else now - self.random.choice((0, 0, self.lag_ms // 2, self.lag_ms - 1))
        fields, updated_at, version = record.fields, record.updated_at, record.version
        for until, *old in record.past:
            if seen_at < until:
                fields, updated_at, version = old[0], old[1], old[2]
                break
        return dict(fields), self.shown(updated_at), version

    def shown(self, at: int) -> int:
        """Return a time as a read shows it."""
        return -(-at // 1000) * 1000 if self.rounded else at
