"""Records in SQLite, every version of them for a while: what is committed survives a kill -9, and reads may look back.

One table per entity; a row is one version, live from one commit to the next. The current version has no end.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sandbox.http.clock import now_ms

PAST_MS = 600_000  # Older versions are forgotten when their record changes; no stale read looks back further.

_TABLE = """
CREATE TABLE IF NOT EXISTS {name} (
    id INTEGER NOT NULL, live_from INTEGER NOT NULL, live_to INTEGER,
    created_ms INTEGER NOT NULL, updated_ms INTEGER NOT NULL, created_by TEXT NOT NULL, updated_by TEXT NOT NULL,
    document TEXT NOT NULL,
    created_s INTEGER GENERATED ALWAYS AS ((created_ms + 999) / 1000) VIRTUAL,
    updated_s INTEGER GENERATED ALWAYS AS ((updated_ms + 999) / 1000) VIRTUAL
);
CREATE UNIQUE INDEX IF NOT EXISTS {name}_current ON {name} (id) WHERE live_to IS NULL;
CREATE INDEX IF NOT EXISTS {name}_updated ON {name} (updated_s, id) WHERE live_to IS NULL;
CREATE INDEX IF NOT EXISTS {name}_past ON {name} (id, live_to) WHERE live_to IS NOT NULL;
"""
_INDEX = "CREATE INDEX IF NOT EXISTS {name}_{number} ON {name} ({expression} COLLATE NOCASE) WHERE live_to IS NULL"
_ID_SPACES = "CREATE TABLE IF NOT EXISTS id_spaces (space TEXT PRIMARY KEY, last INTEGER NOT NULL) WITHOUT ROWID"
_COLUMNS = "id, created_ms, updated_ms, created_by, updated_by, document"


@dataclass(frozen=True, slots=True)
class Row:
    """One version of a record; `document` must not be changed in place."""

    id: int
    created_ms: int
    updated_ms: int
    created_by: str
    updated_by: str
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class View:
    """The records as they are (`at` None) or were at a moment; lives no longer than one request."""

    connection: sqlite3.Connection
    at: int | None = None
    _seen: dict[tuple[str, str], Row | None] = field(default_factory=dict)
    _whole: dict[str, tuple[Row, ...]] = field(default_factory=dict)

    def get(self, plural: str, record_id: str) -> Row | None:
        """Find one record by its id as a string; None when there is none."""
        key = plural, record_id
        if key not in self._seen:
            rows = self.select(plural, "id = ?", (int(record_id),)) if _is_id(record_id) else []
            self._seen[key] = next(iter(rows), None)
        return self._seen[key]

    def whole(self, plural: str) -> tuple[Row, ...]:
        """Read a small table, ordered by id."""
        if plural not in self._whole:
            self._whole[plural] = tuple(self.select(plural, "true", (), "ORDER BY id"))
        return self._whole[plural]

    def select(self, plural: str, where: str, parameters: Iterable[Any], tail: str = "") -> list[Row]:
        """Read the rows for which `where` holds; `tail` is what follows WHERE."""
        return [row for row, _ in self.select_keyed(plural, "id", where, parameters, tail)]

    def select_keyed(self, plural: str, key: str, where: str, parameters: Iterable[Any], tail: str = "") -> list[tuple[Row, Any]]:
        """Read rows, each with the value of the SQL expression `key`."""
        live = "live_to IS NULL" if self.at is None else f"live_from <= {self.at} AND ifnull(live_to, 9e18) > {self.at}"
        cursor = self.connection.execute(
            f"SELECT {_COLUMNS}, {key} FROM {plural} WHERE {live} AND {where} {tail}",  # noqa: S608 -- from our tables
            tuple(parameters),
        )
        return [
            (Row(record_id, created_ms, updated_ms, created_by, updated_by, json.loads(document)), value)
            for record_id, created_ms, updated_ms, created_by, updated_by, document, value in cursor
        ]


class Store:
    """The tenant's tables, and the only writer to them."""

    def __init__(self, path: Path | None, tables: Mapping[str, Iterable[str]]) -> None:
        """Open (or make) the file; None: in memory. `tables` maps each name to SQL expressions worth an index."""
        self.connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        # In WAL mode this survives the death of the process, though not of the machine.
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.execute(_ID_SPACES)
        for name, expressions in tables.items():
            self.connection.executescript(_TABLE.format(name=name))
            for number, expression in enumerate(expressions):
                self.connection.execute(_INDEX.format(name=name, number=number, expression=expression))

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def view(self, stale_ms: int = 0) -> View:
        """Look at the records as they were `stale_ms` ago."""
        return View(self.connection, now_ms() - stale_ms if stale_ms else None)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block writes; blocks never await, so they never meet."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def insert(self, plural: str, id_space: str, document: dict[str, Any], by: str, at: tuple[int, int] | None = None) -> Row:
        """Add a record with the next id of its space; `at` sets its times of creation and change (epoch ms)."""
        (new_id,) = self.connection.execute(
            "INSERT INTO id_spaces VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last", (id_space,)
        ).fetchone()
        now = now_ms()
        created_ms, updated_ms = at or (now, now)
        row = Row(new_id, created_ms, updated_ms, by, by, document)
        self._add(plural, row, now)
        return row

    def update(self, plural: str, row: Row, document: dict[str, Any], by: str) -> Row:
        """Replace a record's document; one that is equal already is left as it is, times included."""
        if document == row.document:
            return row
        now = now_ms()
        changed = replace(row, document=document, updated_ms=max(now, row.updated_ms), updated_by=by)
        self._end(plural, row.id, now)
        self._add(plural, changed, now)
        return changed

    def delete(self, plural: str, record_id: int) -> None:
        """Take a record away; its id is never given again."""
        self._end(plural, record_id, now_ms())

    def _add(self, plural: str, row: Row, now: int) -> None:
        document = json.dumps(row.document, ensure_ascii=False, separators=(",", ":"))
        self.connection.execute(
            f"INSERT INTO {plural} (live_from, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 -- our tables
            (now, row.id, row.created_ms, row.updated_ms, row.created_by, row.updated_by, document),
        )

    def _end(self, plural: str, record_id: int, now: int) -> None:
        self.connection.execute(
            f"UPDATE {plural} SET live_to = ? WHERE id = ? AND live_to IS NULL",  # noqa: S608 -- our tables
            (now, record_id),
        )
        self.connection.execute(
            f"DELETE FROM {plural} WHERE id = ? AND live_to < ?",  # noqa: S608 -- our tables
            (record_id, now - PAST_MS),
        )


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 18  # noqa: PLR2004 -- fits SQLite's integers
