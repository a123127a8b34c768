"""The token on requests: a 401 means another token and one repeat."""

from __future__ import annotations

import pytest

from schemas.errors import FatalError
from tests.connectors.oauth.conftest import Account


def test_a_refused_token_is_renewed_and_the_call_repeated(account: Account):
    """A write arrives once."""
    account.tenant.put("oauth", revokes=True)
    connector = account.connector()
    account.run(connector.check())
    other = account.keeper()
    account.run(other.replace(account.run(other.current())))  # another process renews: ours is revoked
    before = len(account.tenant.log())
    made = account.run(connector.create("company", {"company_name": "A"}, stamp=None, key="k"))
    assert account.run(connector.get("company", made.id)).fields["company_name"] == "A"
    committed = [entry for entry in account.tenant.log()[before:] if entry["committed"]]
    assert len(committed) == 1
    assert (account.shown()["rotated"], account.shown()["reused"]) == (1, 0)
    account.run(connector.close())


def test_a_second_refusal_is_fatal(account: Account):
    """It is not the token then; renewing for ever would help nobody."""
    account.tenant.put("faults", reject_token=True)
    connector = account.connector()
    with pytest.raises(FatalError, match="credentials refused"):
        account.run(connector.get("company", "1"))
    assert account.shown()["rotated"] == 1
    account.run(connector.close())


def test_the_tokens_do_not_show(account: Account):
    """Nor in the error of a call, whatever the server says."""
    connector = account.connector()
    account.run(connector.check())
    assert account.kept().access in connector._api._auth.secrets
    assert account.kept().access not in repr(connector._api._auth)
    account.run(connector.close())
