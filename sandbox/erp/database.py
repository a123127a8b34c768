"""The SQLite file behind the server; what a call has answered survives kill -9.

Write-ahead log without a sync per commit: the operating system holds every commit when the process dies (a power cut may
take the last ones). One connection and one thread, so a transaction is never seen half done.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PAST_MS = 60_000  # How long replaced states are kept: the greatest age a stale read can have.

# What can be looked up is a column of its own, taken from the body.
_RECORD = """
    entity TEXT NOT NULL, id TEXT NOT NULL, external_id TEXT, version INTEGER NOT NULL,
    created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, updated_by TEXT NOT NULL, deleted_at INTEGER,
    body TEXT NOT NULL, stored_at INTEGER NOT NULL,
    email TEXT AS (json_extract(body, '$.email')),
    sku TEXT AS (json_extract(body, '$.sku')),
    organization_number TEXT AS (json_extract(body, '$.organization_number'))
"""

# `past` holds what `records` held before, for reads that answer late.
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS records ({_RECORD}, PRIMARY KEY (entity, id));
CREATE INDEX IF NOT EXISTS changed ON records (entity, updated_at, id);
CREATE UNIQUE INDEX IF NOT EXISTS external_ids ON records (entity, external_id);
CREATE INDEX IF NOT EXISTS emails ON records (email, entity);
CREATE INDEX IF NOT EXISTS skus ON records (sku, entity);
CREATE INDEX IF NOT EXISTS organization_numbers ON records (organization_number, entity);
CREATE TABLE IF NOT EXISTS past ({_RECORD}, replaced_at INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS replaced ON past (replaced_at);
CREATE TABLE IF NOT EXISTS counters (entity TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS keys (key TEXT PRIMARY KEY, request BLOB NOT NULL, entity TEXT NOT NULL, id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT, url TEXT NOT NULL, events TEXT NOT NULL, created_at INTEGER NOT NULL,
    secret TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS switches (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TRIGGER IF NOT EXISTS keep_past AFTER UPDATE ON records BEGIN
    DELETE FROM past WHERE replaced_at < NEW.stored_at - {PAST_MS};
    INSERT INTO past VALUES (
        OLD.entity, OLD.id, OLD.external_id, OLD.version, OLD.created_at, OLD.updated_at, OLD.updated_by, OLD.deleted_at,
        OLD.body, OLD.stored_at, NEW.stored_at
    );
END;
CREATE TRIGGER IF NOT EXISTS keep_removed AFTER DELETE ON records BEGIN
    INSERT INTO past VALUES (
        OLD.entity, OLD.id, OLD.external_id, OLD.version, OLD.created_at, OLD.updated_at, OLD.updated_by, OLD.deleted_at,
        OLD.body, OLD.stored_at, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)
    );
END;
"""  # noqa: S608 -- a constant of ours


def open_database(path: Path | None) -> sqlite3.Connection:
    """Open or create the file and its folder (None: in memory), in autocommit mode."""
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
    connection = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.executescript(SCHEMA)
    return connection


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Commit what the block does, or none of it when it raises."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
