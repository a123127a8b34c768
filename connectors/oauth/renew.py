"""From the old pair to the new one, step by step, as a generator: it yields the request and is sent the response.

Run under the store's lock:

1. Read the file: another process may have been quicker, and then that is all.
2. Mark it: the refresh token is about to be spent.
3. Ask for the new pair.
4. Store it, before anyone uses it.

A crash before 3 reaches the server costs nothing: the old pair is good. A crash after 4 neither. Between them the server has rotated and
nobody has the new pair: no order of steps avoids that, so the mark of step 2 lets the next attempt say what happened.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import replace
from datetime import UTC, datetime

import httpx

from connectors.oauth.client import OAuthClient, grant_refused, tokens_of
from connectors.oauth.store import TokenStore
from connectors.oauth.tokens import Tokens
from schemas.errors import FatalError

Renewal = Generator[httpx.Request, httpx.Response, Tokens]


def renew(store: TokenStore, client: OAuthClient, used: str, clock: Callable[[], int]) -> Renewal:
    """Return a pair whose access token is another than `used`.

    Raises:
        RetriableError: the server is busy or broken; the old pair is as good as it was.
        FatalError: somebody has to log in again, or the new pair could not be stored.
    """
    old, asked_at = stored(store), clock()
    if old.access != used and not old.is_expired(asked_at):
        return old
    store.write(replace(old, spending_since=old.spending_since or asked_at))
    response = yield client.refresh(old.refresh)
    try:
        new = _read(response, old, asked_at)
    except FatalError:
        newer = stored(store)
        if newer.refresh != old.refresh:  # a holder whose lock was lost, or a login
            return newer
        store.write(old)  # this attempt has its answer: what the mark says of an earlier one stays as it was
        raise
    store.write(new)
    return new


def stored(store: TokenStore) -> Tokens:
    """Return the stored pair; raises FatalError when there is none."""
    if (tokens := store.read()) is None:
        raise FatalError(f"{store.path}: nobody has logged in yet")
    return tokens


def _read(response: httpx.Response, old: Tokens, asked_at: int) -> Tokens:
    if grant_refused(response):
        raise FatalError(_why(old))
    return tokens_of(response, asked_at, old.refresh)


def _why(old: Tokens) -> str:
    if old.spending_since is None:
        return "the refresh token was refused: unused for 45 days, revoked, or spent by another deployment with the same client_id"
    since = datetime.fromtimestamp(old.spending_since / 1000, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    return (
        f"the refresh token was spent at {since}, and the process (or the connection) that spent it ended "
        "before the new pair was stored: Keap gives a pair out only once"
    )
