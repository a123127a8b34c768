"""An ERP whose only door is its database: a worked example of an adapter, whole.

One table `records (flow, id, stamp, version, created_at, updated_at, deleted, body)`. Everything a `Sink` promises is kept by SQL: changes
since a time in the order of (updated_at, id), writes on a version, a stamp that is unique. There are no idempotency keys: a lost create is
found by its stamp.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Callable
from typing import Any, Final, TypeVar

from connectors.base import Page, Quota, Record, Traits
from connectors.budget import Pacer
from connectors.calls import note_call
from connectors.erp import Adapter
from connectors.erp.properties import STAMP
from schemas.errors import AmbiguousError, ConflictError, GoneError, RetriableError
from schemas.flows import Fields, Flow, Side

SCHEME: Final = "sqlite://"
PAGE: Final = 100
SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS records (
    flow TEXT, id INTEGER PRIMARY KEY AUTOINCREMENT, stamp TEXT UNIQUE, version INTEGER NOT NULL DEFAULT 1,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, deleted INTEGER NOT NULL DEFAULT 0, body TEXT NOT NULL
)
"""
COLUMNS: Final = "id, stamp, version, created_at, updated_at, deleted, body"
T = TypeVar("T")


class SqliteErp:
    """The connector. Implements `connectors.base.Sink`; calls are short and local, so none of them awaits anything."""

    side: Side = "erp"

    def __init__(self, url: str, token: str, *, pacer: Pacer, timeout_s: float) -> None:
        """Prepare; a file needs no token and no pace."""
        del token, pacer
        self._path, self._timeout_s = url.removeprefix(SCHEME), timeout_s
        self._connection: sqlite3.Connection | None = None

    def traits(self, flow: Flow) -> Traits:  # noqa: ARG002 - the same for all
        """Say what this ERP can do; the engine adapts to the rest."""
        return Traits("since", versions=True, keys=False, rounded_ms=0, soft_deletes=True)

    async def page(self, flow: Flow, *, since: int | None, cursor: str | None) -> Page:
        """Read a page: `cursor` is the (updated_at, id) of the last record of the page before."""
        read_at, after = _now(), json.loads(cursor) if cursor else (-1, 0)
        wanted = "deleted = 0" if since is None else "updated_at >= :since"
        rows = self._read(
            f"flow = :flow AND {wanted} AND (updated_at, id) > (:at, :id) ORDER BY updated_at, id LIMIT :page",
            {"flow": flow, "since": since, "at": after[0], "id": after[1], "page": PAGE},
        )
        last = rows[-1] if len(rows) == PAGE else None
        return Page(tuple(rows), json.dumps((last.updated_at, int(last.id))) if last else None, read_at)

    async def get(self, flow: Flow, id: str) -> Record:  # noqa: A002 - the field's own name
        """Read one record, a deleted one too."""
        return self._one(flow, id)

    async def create(self, flow: Flow, fields: Fields, *, stamp: str | None, key: str) -> Record:  # noqa: ARG002 - no keys here
        """Insert; the stamp's constraint refuses a second record."""
        now, body = _now(), json.dumps(fields)

        def insert(connection: sqlite3.Connection) -> Record:
            made = connection.execute(
                "INSERT INTO records (flow, stamp, created_at, updated_at, body) VALUES (?, ?, ?, ?, ?)", (flow, stamp, now, now, body)
            )
            return self._one(flow, str(made.lastrowid))

        try:
            return self._write(insert)
        except sqlite3.IntegrityError as error:
            raise ConflictError(f"stamp {stamp} is taken", self._read("stamp = :stamp", {"stamp": stamp})[0]) from error

    async def update(self, flow: Flow, base: Record, fields: Fields) -> Record:
        """Update where the version still is the one that was decided on."""

        def change(connection: sqlite3.Connection) -> Record:
            known = self._one(flow, base.id)
            if known.deleted:
                raise GoneError(f"{flow} {base.id} is deleted")
            if base.version not in (None, known.version):
                raise ConflictError(f"{flow} {base.id} moved on from version {base.version}", known)
            body = {name: value for name, value in known.fields.items() if name != STAMP} | fields
            self._replace(connection, known, "body = ?", json.dumps(body))
            return self._one(flow, base.id)

        return self._write(change)

    async def delete(self, flow: Flow, base: Record) -> None:
        """Mark as deleted."""
        self._write(lambda connection: self._replace(connection, self._one(flow, base.id), "deleted = ?", 1))

    async def find_created(self, flow: Flow, *, since: int, stamp: str | None, match: Fields) -> list[Record]:  # noqa: ARG002 - the stamp tells
        """Return the record with the stamp, or without one what was created since."""
        if stamp:
            return self._read("stamp = :stamp", {"stamp": stamp})
        return self._read("flow = :flow AND created_at >= :since ORDER BY created_at DESC", {"flow": flow, "since": since})

    def quota(self) -> Quota:
        """Nothing is metered."""
        return Quota()

    def skew_ms(self) -> int:
        """The clock is ours."""
        return 0

    async def check(self) -> list[str]:
        """Open the file."""
        try:
            self._read("FALSE", {})
        except RetriableError as error:
            return [f"{SCHEME}{self._path}: {error}"]
        return []

    async def close(self) -> None:
        """Close the file."""
        if self._connection:
            self._connection.close()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = sqlite3.connect(self._path, timeout=self._timeout_s, isolation_level=None)
            self._connection.execute(SCHEMA)
        note_call()
        return self._connection

    def _read(self, where: str, values: dict[str, Any]) -> list[Record]:
        try:
            rows = self._open().execute(f"SELECT {COLUMNS} FROM records WHERE {where}", values)  # noqa: S608 - ours, without a value
            return [_record(*row) for row in rows]
        except sqlite3.OperationalError as error:
            raise RetriableError(str(error)) from error

    def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Change in one transaction; only a lost COMMIT leaves it open whether something happened."""
        try:
            connection = self._open()
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:  # locked: nothing happened
            raise RetriableError(str(error)) from error
        try:
            result = change(connection)
            connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            connection.rollback()
            raise AmbiguousError(str(error)) from error
        except BaseException:
            connection.rollback()
            raise
        return result

    def _one(self, flow: Flow, record_id: str) -> Record:
        found = self._read("flow = :flow AND id = :id", {"flow": flow, "id": record_id})
        if not found:
            raise GoneError(f"there is no {flow} {record_id}")
        return found[0]

    @staticmethod
    def _replace(connection: sqlite3.Connection, known: Record, what: str, value: str | int) -> None:
        later = max(_now(), (known.updated_at or 0) + 1)
        statement = f"UPDATE records SET {what}, version = version + 1, updated_at = ? WHERE id = ?"  # noqa: S608 - ours
        connection.execute(statement, (value, later, known.id))


adapter = Adapter(SqliteErp)
"""What the entry point names; the properties are the contract's."""


def _record(id_: int, stamp: str | None, version: int, created_at: int, updated_at: int, deleted: int, body: str) -> Record:
    fields = {**json.loads(body), STAMP: stamp}
    return Record(str(id_), fields, version=version, created_at=created_at, updated_at=updated_at, deleted=bool(deleted))


def _now() -> int:
    return time.time_ns() // 1_000_000
