"""Processes that share a token file: exactly one renews."""

from __future__ import annotations

import asyncio
import multiprocessing
from pathlib import Path

from connectors.oauth import Keeper, OAuthClient, TokenStore
from tests.connectors.oauth.conftest import Account

PROCESSES = 5


def use(client: OAuthClient, path: Path) -> None:
    """Need a token, as a worker that starts does."""
    asyncio.run(Keeper(client, TokenStore(path), "log in again").current())


def test_of_many_processes_one_renews(account: Account):
    """They all find the token expired, the endpoint is slow, and it is asked once."""
    account.tenant.put("oauth", wait_ms=500)
    account.expire()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    workers = [context.Process(target=use, args=(account.client, account.store.path)) for _ in range(PROCESSES)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0] * PROCESSES
    assert (account.shown()["rotated"], account.shown()["reused"]) == (1, 0)
