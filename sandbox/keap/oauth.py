"""Who may come in by OAuth: codes and tokens, kept in the tenant's file. Refresh tokens are good for one use and rotate.

Lifetimes are the vendor's (24 h and 45 days, by its staff in the forum); `Switch` makes them shorter, and token requests go wrong.
"""

import secrets
import sqlite3
from dataclasses import dataclass, field

import msgspec

from sandbox.http.clock import now_ms
from sandbox.http.switches import Switches

SCHEMA = """
CREATE TABLE IF NOT EXISTS oauth (token TEXT PRIMARY KEY, kind TEXT NOT NULL, expires_at INTEGER NOT NULL, uri TEXT)
"""
CODE_S = 60


class Switch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the token endpoint behaves.

    Attributes:
        client_id: The one application there is.
        client_secret: And its secret.
        access_s: Life of an access token.
        refresh_s: Life of an unused refresh token.
        revokes: A refresh also ends the access tokens given out before.
        lose_replies: So many of the next answers that carry tokens are lost: the connection closes, the rotation stands.
        refuse: So many of the next token requests are answered 503, with nothing done.
        wait_ms: Time a token request takes.
    """

    client_id: str = "keap-sandbox-client"
    client_secret: str = "keap-sandbox-secret"  # noqa: S105 -- of a sandbox
    access_s: int = 86_399
    refresh_s: int = 45 * 86_400
    revokes: bool = False
    lose_replies: int = 0
    refuse: int = 0
    wait_ms: int = 0


@dataclass(slots=True)
class OAuth:
    """The grants of one tenant.

    Attributes:
        connection: The store's own, in autocommit mode.
        rotated: Refresh tokens that were exchanged since the process started.
        reused: Requests with a refresh token that was spent already.
    """

    connection: sqlite3.Connection
    switch: Switch = field(init=False)
    rotated: int = field(default=0, init=False)
    reused: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        """Create the table and find the switches as they were left."""
        self.connection.execute(SCHEMA)
        self.switch = Switches(self.connection).read("oauth", Switch)

    def turn(self, switch: Switch) -> None:
        """Put a switch in force."""
        self.switch = switch
        Switches(self.connection).write("oauth", switch)

    def knows(self, access: str) -> bool:
        """Whether an access token opens the API."""
        return self._find(access, "access") is not None

    def code(self, uri: str) -> str:
        """Give out a code to be sent to `uri`."""
        return self._add("code", CODE_S, uri)

    def exchange(self, code: str, uri: str) -> dict[str, object] | None:
        """Take a code for a pair; None for one that is spent, expired or was sent elsewhere."""
        found = self._find(code, "code")
        if found is None or found[0] != uri:
            return None
        self.connection.execute("DELETE FROM oauth WHERE token = ?", (code,))
        return self._pair()

    def refresh(self, token: str) -> dict[str, object] | None:
        """Take a refresh token for a new pair; None for one that is spent or expired."""
        if self._find(token, "spent") is not None:
            self.reused += 1
        if self._find(token, "refresh") is None:
            return None
        self.rotated += 1
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("UPDATE oauth SET kind = 'spent' WHERE token = ?", (token,))
        if self.switch.revokes:
            self.connection.execute("DELETE FROM oauth WHERE kind = 'access'")
        pair = self._pair()
        self.connection.execute("COMMIT")
        return pair

    def is_live(self, token: str) -> bool:
        """Whether a refresh token can still be used."""
        return self._find(token, "refresh") is not None

    def _pair(self) -> dict[str, object]:
        return {
            "access_token": self._add("access", self.switch.access_s),
            "refresh_token": self._add("refresh", self.switch.refresh_s),
            "token_type": "bearer",
            "expires_in": self.switch.access_s,
            "scope": "full|sandbox.infusionsoft.com",
        }

    def _add(self, kind: str, lasts_s: int, uri: str | None = None) -> str:
        token = f"{kind}-{secrets.token_urlsafe(18)}"
        self.connection.execute("INSERT INTO oauth VALUES (?, ?, ?, ?)", (token, kind, now_ms() + lasts_s * 1000, uri))
        return token

    def _find(self, token: str, kind: str) -> tuple[str | None] | None:
        found: tuple[str | None] | None = self.connection.execute(
            "SELECT uri FROM oauth WHERE token = ? AND kind = ? AND expires_at > ?", (token, kind, now_ms())
        ).fetchone()
        return found
