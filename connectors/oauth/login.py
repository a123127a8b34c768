"""Log in: a person lets us in on Keap's page, which sends their browser back with a code; the code brings the first pair.

1. `begin`: the page to open, and the `state` by which its answer is known as ours.
2. The code comes back by redirect (`redirect`) or is pasted: `code_of`.
3. `finish`: exchange it, store the pair under the lock. A code is good for one exchange.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from connectors.client import Client
from connectors.faults import FOREIGN
from connectors.oauth.client import OAuthClient, grant_refused, tokens_of
from connectors.oauth.store import TokenStore
from connectors.oauth.tokens import Tokens
from connectors.redact import redact
from schemas.errors import FatalError, RetriableError, SyncError


@dataclass(frozen=True, slots=True)
class Login:
    """A login that was begun."""

    client: OAuthClient
    redirect_uri: str
    state: str

    @property
    def page(self) -> str:
        """Return what to open in a browser."""
        return self.client.authorization(self.redirect_uri, self.state)

    def code_of(self, address: str) -> str:
        """Return the code in the address that the browser was sent to; raises FatalError when it is no answer to this login."""
        said = {name: values[0] for name, values in parse_qs(urlsplit(address.strip()).query).items()}
        if "error" in said:
            raise FatalError(f"keap refused: {said.get('error_description') or said['error']}")
        if "code" not in said:
            raise FatalError("that address carries no code: paste the whole address the browser was sent to, from http to its end")
        if not secrets.compare_digest(said.get("state", ""), self.state):
            raise FatalError("that address answers another login (its state is not ours): begin again")
        return said["code"]


def begin(client: OAuthClient, redirect_uri: str) -> Login:
    """Begin a login."""
    return Login(client, redirect_uri, secrets.token_urlsafe(24))


async def finish(login: Login, code: str, store: TokenStore, clock: Callable[[], int], timeout_s: float = 30) -> Tokens:
    """Exchange the code and store the pair.

    Raises:
        FatalError: the code or the client was refused, or the pair cannot be stored.
        RetriableError: the token endpoint does not answer; the code may be spent: begin again.
    """
    async with store.locked():
        asked_at = clock()
        try:
            async with Client(timeout=timeout_s) as http:
                response = await http.send(login.client.exchange(code, login.redirect_uri))
        except FOREIGN as error:
            message = redact(f"{login.client.token_url}: {error}", code, login.client.secret, login.client.basic)
            raise RetriableError(message) from None  # the cause may quote a secret
        if grant_refused(response):
            raise FatalError("keap refused the code: it is good for one use, for a short time; begin again")
        try:
            tokens = tokens_of(response, asked_at)
        except SyncError as error:
            error.args = tuple(redact(str(arg), code, login.client.secret, login.client.basic) for arg in error.args)
            raise
        store.write(tokens)
    return tokens
