"""A tenant with an authorization server, a clock that tests move, and an account that has logged in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.keap import KeapConnector
from connectors.oauth import Keeper, OAuth, OAuthClient, Tokens, TokenStore
from connectors.oauth.keeper import now_ms
from connectors.oauth.login import begin, finish
from connectors.tls import authorities
from sandbox.keap.oauth import Switch
from tests.connectors.conftest import Run
from tests.connectors.keap.conftest import Tenant, tenant  # noqa: F401 - a fixture

URI = "http://127.0.0.1:1/callback"


class Clock:
    """The real time, and what a test adds to it (ms)."""

    ahead = 0

    def __call__(self) -> int:
        """Return ms since the epoch."""
        return now_ms() + self.ahead


@dataclass
class Account:
    """One application with its tokens, on one tenant."""

    tenant: Tenant
    run: Run
    store: TokenStore
    clock: Clock = field(default_factory=Clock)

    @property
    def client(self) -> OAuthClient:
        """Return the application."""
        url = self.tenant.url
        return OAuthClient(Switch().client_id, Switch().client_secret, f"{url}/token", f"{url}/app/oauth/authorize")

    def log_in(self) -> Tokens:
        """Do what a person and `keapsync keap login` do."""
        login = begin(self.client, URI)
        answer = httpx.post(login.page, verify=authorities()).headers["location"]
        return self.run(finish(login, login.code_of(answer), self.store, self.clock))

    def keeper(self) -> Keeper:
        """Return what a process that starts has."""
        return Keeper(self.client, self.store, "log in again", clock=self.clock, timeout_s=5)

    def connector(self) -> KeapConnector:
        """Return a connector that goes in by these tokens."""
        return KeapConnector(self.tenant.url, OAuth(self.keeper()), per_second=10**6)

    def kept(self) -> Tokens:
        """Return the stored pair."""
        found = self.store.read()
        assert found is not None
        return found

    def expire(self) -> Tokens:
        """Let the stored access token end now, at the server too, and return the pair."""
        old = self.kept()
        self.store.write(replace(old, expires_at=self.clock()))
        return old

    def shown(self) -> dict[str, Any]:
        """Return the authorization server's switch and counters."""
        shown: dict[str, Any] = self.tenant.http.get("/_sandbox/oauth").json()
        return shown


@pytest.fixture
def account(tenant: Tenant, run: Run, tmp_path: Path) -> Account:  # noqa: F811 - the fixture
    """Log in."""
    account = Account(tenant, run, TokenStore(tmp_path / "tokens" / "keap.json"))
    account.log_in()
    return account
