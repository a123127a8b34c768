"""Logging in: the page, the address that comes back, the first pair."""

from __future__ import annotations

import stat

import httpx
import pytest

from connectors.oauth.login import begin, finish
from connectors.oauth.redirect import listening
from schemas.errors import FatalError
from tests.connectors.oauth.conftest import URI, Account


def test_a_login_stores_a_pair_that_only_we_can_read(account: Account):
    """Mode 600, good for the API."""
    assert stat.S_IMODE(account.store.path.stat().st_mode) == 0o600
    connector = account.connector()
    assert account.run(connector.check()) == []
    account.run(connector.close())


def test_the_browser_is_received_on_a_free_port(account: Account):
    """Keap's redirect ends at our own server, which tells the address on."""
    with listening() as redirect:
        login = begin(account.client, redirect.uri)
        assert httpx.get(redirect.uri.replace("/callback", "/favicon.ico")).status_code == 404
        answer = httpx.post(login.page, follow_redirects=True)
        address = redirect.wait(10)
    assert "This window can be closed" in answer.text
    assert account.run(finish(login, login.code_of(address or ""), account.store, account.clock)) == account.kept()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("code=c&state=other", "another login"),
        ("code=c", "another login"),
        ("state=ours", "carries no code"),
        ("error=access_denied&error_description=No+thanks", "keap refused: No thanks"),
    ],
)
def test_an_address_that_is_no_answer_to_this_login_is_refused(account: Account, query: str, sentence: str):
    """What a person pastes may be anything."""
    login = begin(account.client, URI)
    with pytest.raises(FatalError, match=sentence):
        login.code_of(f"{URI}?{query}")


def test_a_spent_code_is_told_apart(account: Account):
    """A page that was reloaded."""
    login = begin(account.client, URI)
    code = login.code_of(httpx.post(login.page).headers["location"])
    account.run(finish(login, code, account.store, account.clock))
    before = account.kept()
    with pytest.raises(FatalError, match="good for one use"):
        account.run(finish(login, code, account.store, account.clock))
    assert account.kept() == before


def test_a_wrong_secret_is_told_without_showing_it(account: Account):
    """The sentence names the address and the server's words."""
    account.tenant.put("oauth", client_secret="another")  # noqa: S106 - of a sandbox
    login = begin(account.client, URI)
    code = login.code_of(httpx.post(login.page).headers["location"])
    with pytest.raises(FatalError, match="client_id, client_secret or token_url refused") as refusal:
        account.run(finish(login, code, account.store, account.clock))
    assert account.client.secret not in str(refusal.value)
