"""Switches of the sandbox: small settings that can be read and put over HTTP and outlive the process."""

import sqlite3
from typing import Generic, TypeVar

import msgspec
from msgspec import Struct
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

T = TypeVar("T", bound=Struct)


class Switch(Generic[T]):
    """One setting, kept in the server's file under a name."""

    def __init__(self, connection: sqlite3.Connection, name: str, default: T) -> None:
        self._connection, self._name, self._type = connection, name, type(default)
        stored = connection.execute("SELECT value FROM switches WHERE name = ?", (name,)).fetchone()
        self.value = msgspec.json.decode(stored[0], type=self._type) if stored else default

    async def endpoint(self, request: Request) -> Response:
        """`GET` shows the setting, `PUT` replaces it (what is left out has its default); 400 names what is wrong."""
        if request.method == "PUT":
            try:
                self.value = msgspec.json.decode(await request.body() or b"{}", type=self._type)
            except msgspec.MsgspecError as error:
                return JSONResponse({"message": str(error)}, status_code=400)
            self._connection.execute(
                "INSERT OR REPLACE INTO switches VALUES (?, ?)", (self._name, msgspec.json.encode(self.value).decode())
            )
        return JSONResponse(msgspec.to_builtins(self.value))
