"""Records and their table: the only module that reads and writes it.

A read may be given the instant `as_of`: it then answers what the table held at that time, for stale reads.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from sandbox.erp.formats import format_instant, now

Body = dict[str, Any]

COLUMNS = "entity, id, external_id, version, created_at, updated_at, updated_by, deleted_at, body"
_LOOK_UPS = "email, sku, organization_number"
_THEN = f"""(
    SELECT {COLUMNS}, {_LOOK_UPS} FROM records WHERE stored_at <= :as_of
    UNION ALL SELECT {COLUMNS}, {_LOOK_UPS} FROM past WHERE stored_at <= :as_of AND replaced_at > :as_of
)"""  # noqa: S608 -- constants only
_INSERT = f"INSERT INTO records ({COLUMNS}, stored_at) VALUES (:{COLUMNS.replace(', ', ', :')}, :stored_at)"  # noqa: S608 -- constants only
_UPDATE = """
UPDATE records SET version = :version, updated_at = :updated_at, updated_by = :updated_by, deleted_at = :deleted_at, body = :body,
stored_at = :stored_at WHERE entity = :entity AND id = :id
"""


@dataclass(frozen=True, slots=True)
class Record:
    """One row; instants in epoch ms, `body` without the properties that are null."""

    entity: str
    id: str
    external_id: str | None
    version: int
    created_at: int
    updated_at: int
    updated_by: str
    deleted_at: int | None
    body: Body

    def shown(self, properties: Iterable[str]) -> Body:
        """Answer it as the contract's record, every property of the entity present."""
        return {
            "id": self.id,
            "external_id": self.external_id,
            "version": self.version,
            "created_at": format_instant(self.created_at),
            "updated_at": format_instant(self.updated_at),
            "updated_by": self.updated_by,
            "deleted_at": None if self.deleted_at is None else format_instant(self.deleted_at),
            **dict.fromkeys(properties),
            **self.body,
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list asks for.

    Attributes:
        limit: Most records.
        since: Only records changed at or after this instant.
        after: Only records behind this (updated_at, id).
        deleted: Deleted records too.
        equal: Property → exact value; the names are look-ups of the contract.
    """

    limit: int
    since: int | None = None
    after: tuple[int, str] | None = None
    deleted: bool = False
    equal: Mapping[str, str] = field(default_factory=dict)


class Records:
    """The table of all entities' records."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def new_id(self, entity: str) -> str:
        """Take the next id of an entity; never given twice."""
        ((number,),) = self._connection.execute(
            "INSERT INTO counters VALUES (?, 1) ON CONFLICT DO UPDATE SET last = last + 1 RETURNING last", (entity,)
        ).fetchall()
        # The prefix makes a reference to the wrong entity fail instead of meeting another record.
        return f"{entity[:2]}-{number}"

    def get(self, entity: str, record_id: str, as_of: int | None = None) -> Record | None:
        """Read one record, deleted or not."""
        return next(iter(self._select("id = :id", {"entity": entity, "id": record_id, "as_of": as_of})), None)

    def holder(self, entity: str, external_id: str) -> Record | None:
        """Read the record that has this `external_id`, deleted or not."""
        found = self._select("external_id = :external_id", {"entity": entity, "external_id": external_id, "as_of": None})
        return next(iter(found), None)

    def page(self, entity: str, wanted: Wanted, as_of: int | None = None) -> list[Record]:
        """Read the records that are wanted, in the order of (updated_at, id)."""
        clauses, values = ["TRUE"], {"entity": entity, "as_of": as_of, "limit": wanted.limit, **wanted.equal}
        clauses += [f"{name} = :{name}" for name in wanted.equal]
        if wanted.since is not None:
            clauses.append("updated_at >= :since")
            values["since"] = wanted.since
        if wanted.after is not None:
            clauses.append("(updated_at, id) > (:after, :after_id)")
            values["after"], values["after_id"] = wanted.after
        if not wanted.deleted:
            clauses.append("deleted_at IS NULL")
        # The plus keeps SQLite from walking the index of times in search of a few exact matches.
        order = "+updated_at" if wanted.equal else "updated_at"
        return self._select(" AND ".join(clauses), values, f"ORDER BY {order}, id LIMIT :limit")

    def insert(self, record: Record) -> None:
        """Add a new record, whose id and `external_id` are free."""
        self._connection.execute(_INSERT, _row(record))

    def replace(self, record: Record) -> None:
        """Put a record in the place of its former state."""
        self._connection.execute(_UPDATE, _row(record))

    def remove(self, record: Record) -> None:
        """Leave nothing of a record but what it was in the past."""
        self._connection.execute("DELETE FROM records WHERE entity = :entity AND id = :id", _row(record))

    def _select(self, where: str, values: Mapping[str, object], tail: str = "") -> list[Record]:
        table = "records" if values["as_of"] is None else _THEN
        rows = self._connection.execute(
            f"SELECT {COLUMNS} FROM {table} WHERE entity = :entity AND {where} {tail}",  # noqa: S608 -- no value in it
            values,
        )
        return [Record(*(*row[:-1], msgspec.json.decode(row[-1]))) for row in rows]


def _row(record: Record) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(record, name) for name in COLUMNS.split(", ")}
    return row | {"body": msgspec.json.encode(record.body).decode(), "stored_at": now()}
