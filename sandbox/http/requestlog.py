"""The log of writing calls, in the server's own SQLite file: what arrived, what was answered, what was committed.

A call is entered when it arrives, marked committed in the same transaction as its effect, and gets its status when it
was answered. So the log can be trusted after a kill -9: a line with no status was never answered.

Readings of one record are in it too, with the moment the record was looked at: with them the log tells what a writer knew.
"""

import sqlite3
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCHEMA = """
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    user TEXT, status INTEGER, entity TEXT, id TEXT, committed_at INTEGER
)
"""
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
USER = "x-sandbox-user"


@dataclass(slots=True)
class RequestLog:
    """The log of one server; `connection` is the store's own, in autocommit mode."""

    connection: sqlite3.Connection
    prefix: str
    reads: int = field(default=0, init=False)  # Since the process started.

    def __post_init__(self) -> None:
        """Create the table."""
        self.connection.execute(SCHEMA)

    def committed(self, request: Request, entity: str, record_id: str) -> None:
        """Mark the call of `request` as done to one record; call it inside the transaction that does it."""
        self.connection.execute(
            "UPDATE requests SET committed_at = ?, entity = ?, id = ? WHERE seq = ?",
            (_now_ms(), entity, record_id, request.scope["state"]["log_seq"]),
        )

    def looked_at(self, request: Request, entity: str, record_id: str) -> None:
        """Note that `request` is shown one record as it is now."""
        self.connection.execute(
            "INSERT INTO requests (at, method, path, user, entity, id) VALUES (?, ?, ?, ?, ?, ?)",
            (_now_ms(), request.method, request.url.path, request.headers.get(USER), entity, record_id),
        )

    async def endpoint(self, request: Request) -> Response:
        """`GET ?since=SEQ` answers `{"entries": [...], "reads": n}`: writing calls after SEQ (times in epoch ms).

        `user` is what `X-Sandbox-User` said: a person's call; null is a client of the API. `&looks=1`: readings of one record too.
        """
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            return JSONResponse({"message": f"since: {since!r} is no sequence number"}, status_code=400)
        which = "" if request.query_params.get("looks") == "1" else " AND method != 'GET'"
        cursor = self.connection.execute(f"SELECT * FROM requests WHERE seq > ?{which} ORDER BY seq", (int(since),))  # noqa: S608
        names = [column[0] for column in cursor.description]
        entries = [dict(zip(names, row, strict=True)) for row in cursor]
        for entry in entries:
            entry["committed"] = entry["committed_at"] is not None
        return JSONResponse({"entries": entries, "reads": self.reads})

    def middleware(self, app: ASGIApp) -> ASGIApp:
        """Wrap `app`; belongs outside the faults, so that the log shows what the client was told."""

        async def logged(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or not scope["path"].startswith(self.prefix):
                await app(scope, receive, send)
            elif scope["method"] not in WRITING:
                self.reads += 1
                await app(scope, receive, send)
            else:
                await self._log(app, scope, receive, send)

        return logged

    async def _log(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        seq = self.connection.execute(
            "INSERT INTO requests (at, method, path, user) VALUES (?, ?, ?, ?)",
            (_now_ms(), scope["method"], scope["path"], Headers(scope=scope).get(USER)),
        ).lastrowid
        scope["state"]["log_seq"] = seq

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.connection.execute("UPDATE requests SET status = ? WHERE seq = ?", (message["status"], seq))
            await send(message)

        await app(scope, receive, noting)


def _now_ms() -> int:
    """The machine's own time, whatever the server's clock is set to."""
    return time.time_ns() // 1_000_000
