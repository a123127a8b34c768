"""The log of writing calls, in the server's own SQLite file: what arrived, what was answered, what was committed.

A call is entered when it arrives, marked committed in the same transaction as its effect, and gets its status when it
was answered. So the log can be trusted after a kill -9: a line with no status was never answered.
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
    user TEXT, status INTEGER, entity TEXT, id TEXT, committed INTEGER NOT NULL DEFAULT 0
)
"""
WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})


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
            "UPDATE requests SET committed = 1, entity = ?, id = ? WHERE seq = ?",
            (entity, record_id, request.scope["state"]["log_seq"]),
        )

    async def endpoint(self, request: Request) -> Response:
        """`GET ?since=SEQ` answers `{"entries": [...], "reads": n}`: writing calls after SEQ (`at` in epoch ms).

        `user` is what `X-Sandbox-User` said: a person's call; null is a client of the API.
        """
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            return JSONResponse({"message": f"since: {since!r} is no sequence number"}, status_code=400)
        cursor = self.connection.execute("SELECT * FROM requests WHERE seq > ? ORDER BY seq", (int(since),))
        names = [column[0] for column in cursor.description]
        entries = [dict(zip(names, row, strict=True)) for row in cursor]
        for entry in entries:
            entry["committed"] = bool(entry["committed"])
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
            (time.time_ns() // 1_000_000, scope["method"], scope["path"], Headers(scope=scope).get("x-sandbox-user")),
        ).lastrowid
        scope["state"]["log_seq"] = seq

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.connection.execute("UPDATE requests SET status = ? WHERE seq = ?", (message["status"], seq))
            await send(message)

        await app(scope, receive, noting)
