"""Renewing: ahead of time, once for everybody, stored before use; and what is said when it cannot be."""

from __future__ import annotations

import asyncio

import pytest

from connectors.oauth.tokens import IDLE_DAYS
from schemas.errors import FatalError, RetriableError
from tests.connectors.oauth.conftest import Account

HOUR_MS = 3_600_000


def test_nobody_waits_for_a_renewal_ahead_of_time(account: Account):
    """In the last eighth of its life the old token is used while the new one is fetched beside."""
    first, keeper = account.kept(), account.keeper()

    async def use() -> list[str]:
        account.clock.ahead = 20 * HOUR_MS
        before = await keeper.current()
        account.clock.ahead = 22 * HOUR_MS
        during = await keeper.current()
        await keeper.close()
        return [pair.access for pair in (before, during, await keeper.current())]

    before, during, after = account.run(use())
    assert before == during == first.access
    assert after == account.kept().access != first.access
    assert account.shown()["rotated"] == 1


def test_an_expired_token_is_renewed_once_for_all_who_wait(account: Account):
    """Twenty calls at once in each of two processes: one rotation."""
    account.expire()
    one, two = account.keeper(), account.keeper()

    async def crowd() -> set[str]:
        pairs = await asyncio.gather(*(keeper.current() for keeper in (one, two) for _ in range(20)))
        return {pair.access for pair in pairs}

    assert account.run(crowd()) == {account.kept().access}
    assert (account.shown()["rotated"], account.shown()["reused"]) == (1, 0)


def test_a_renewal_is_not_broken_off_with_its_caller(account: Account):
    """A poller that is cancelled in the middle leaves a stored pair behind."""
    account.tenant.put("oauth", wait_ms=200)
    old, keeper = account.expire(), account.keeper()

    async def leave() -> None:
        caller = asyncio.create_task(keeper.current())
        while account.kept().spending_since is None:  # noqa: ASYNC110 - a file has no event
            await asyncio.sleep(0.01)
        caller.cancel()
        await keeper.close()

    account.run(leave())
    assert account.kept().refresh != old.refresh
    assert account.kept().spending_since is None


def test_a_busy_endpoint_leaves_the_pair_as_good_as_it_was(account: Account):
    """A 503 is for another try."""
    account.tenant.put("oauth", refuse=1)
    account.expire()
    keeper = account.keeper()
    with pytest.raises(RetriableError, match="503"):
        account.run(keeper.current())
    assert account.run(keeper.current()).access == account.kept().access


def test_a_failed_renewal_ahead_of_time_is_nobodys_problem(account: Account):
    """The old token goes on; the next try comes a minute later."""
    first, keeper = account.kept(), account.keeper()
    account.tenant.put("oauth", refuse=1)

    async def use() -> list[str]:
        account.clock.ahead = 22 * HOUR_MS
        used = []
        for minutes in (0, 0, 2, 2):
            account.clock.ahead = 22 * HOUR_MS + minutes * 60_000
            used.append((await keeper.current()).access)
            await keeper.close()
        return used

    used = account.run(use())
    assert used[:3] == [first.access] * 3
    assert used[3] == account.kept().access != first.access
    assert account.shown()["refuse"] == 0


def test_a_lost_answer_is_reported_as_what_it_is(account: Account):
    """The server has rotated, nobody has the new pair: log in again."""
    account.tenant.put("oauth", lose_replies=1)
    account.expire()
    keeper = account.keeper()
    with pytest.raises(RetriableError):
        account.run(keeper.current())
    with pytest.raises(FatalError, match=r"was spent at 2\d{3}-.*before the new pair was stored.*log in again"):
        account.run(keeper.current())


def test_a_token_that_others_spent_is_reported_as_what_it_is(account: Account):
    """Another deployment with the same client, or 45 idle days."""
    account.tenant.put("oauth", refresh_s=0)
    account.log_in()
    account.expire()
    for _ in range(2):  # an answered attempt is no reason to suspect a crash at the next one
        with pytest.raises(FatalError, match=r"unused for 45 days, revoked, or spent by another deployment.*log in again"):
            account.run(account.keeper().current())


def test_after_a_new_login_a_running_process_goes_on(account: Account):
    """It finds the new pair in the file when its own is refused."""
    keeper = account.keeper()
    old = account.run(keeper.current())
    new = account.log_in()
    assert account.run(keeper.replace(old)) == new
    assert account.shown()["rotated"] == 0


def test_without_a_login_the_sentence_says_how(account: Account):
    """The file is not there."""
    account.store.path.unlink()
    with pytest.raises(FatalError, match="nobody has logged in yet; log in again"):
        account.run(account.keeper().current())


def test_a_file_that_holds_no_tokens_is_refused_without_quoting_it(account: Account):
    """It may hold half a secret."""
    account.store.path.write_text('{"access": "half-a-secret')
    with pytest.raises(FatalError, match="holds no tokens") as refusal:
        account.run(account.keeper().current())
    assert "half-a-secret" not in str(refusal.value)


def test_thirty_idle_days_are_worth_an_alarm(account: Account):
    """Fifteen days before Keap forgets the refresh token."""
    pair, day = account.kept(), 24 * HOUR_MS
    assert pair.idle_alarm(pair.obtained_at + IDLE_DAYS * day - 1) is None
    assert "has not been used for 30 days" in (pair.idle_alarm(pair.obtained_at + IDLE_DAYS * day) or "")


def test_a_pair_does_not_show_its_tokens(account: Account):
    """Not in a repr, so not in a traceback or an assertion."""
    pair = account.kept()
    assert pair.access not in repr(pair)
    assert pair.refresh not in repr(pair)
    assert account.client.secret not in repr(account.client)
