"""What was switched on a server, kept in its SQLite file: a restart finds faults and limits as they were left."""

import sqlite3
from dataclasses import dataclass
from typing import TypeVar

import msgspec

SCHEMA = "CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"

T = TypeVar("T", bound=msgspec.Struct)


@dataclass(frozen=True, slots=True)
class Switches:
    """The switches of one server; `connection` is the store's own, in autocommit mode."""

    connection: sqlite3.Connection

    def __post_init__(self) -> None:
        """Create the table."""
        self.connection.execute(SCHEMA)

    def read(self, name: str, kind: type[T]) -> T:
        """Find what was put under `name`, or the defaults of `kind`."""
        found = self.connection.execute("SELECT value FROM switches WHERE name = ?", (name,)).fetchone()
        return msgspec.json.decode(found[0], type=kind) if found else kind()

    def write(self, name: str, value: msgspec.Struct) -> None:
        """Keep `value` under `name`."""
        self.connection.execute("INSERT OR REPLACE INTO switches VALUES (?, ?)", (name, msgspec.json.encode(value)))
