"""kill -9 before every single line of a renewal: what is left is a good pair, or a plain sentence to log in again."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from connectors import oauth
from connectors.oauth import Keeper, OAuthClient, TokenStore
from schemas.errors import FatalError
from tests.connectors.oauth.conftest import Account

FILES = frozenset(str(Path(oauth.__file__).parent / name) for name in ("renew.py", "store.py", "keeper.py", "client.py"))
MOST = 400
"""Lines a renewal has at most; more would be a loop that does not end."""


@pytest.fixture(scope="module")
def fork() -> Any:
    """Return a context whose children begin without this process's threads, everything imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    return context


def renew_until(line: int, client: OAuthClient, path: Path) -> None:
    """Renew in this process, and kill it before it runs the `line`-th line of our code; exit code 0 when there are not so many."""
    left = line

    def count(_frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal left
        left -= event == "line"
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return count

    def enter(frame: FrameType, _event: str, _arg: Any) -> Any:
        return count if frame.f_code.co_filename in FILES else None

    sys.settrace(enter)
    asyncio.run(Keeper(client, TokenStore(path), "log in again").current())


def killed_at(fork: Any, line: int, account: Account) -> bool:
    """Tell whether a process was killed before that line, rather than done."""
    child = fork.Process(target=renew_until, args=(line, account.client, account.store.path))
    child.start()
    child.join(60)
    assert child.exitcode in (0, -signal.SIGKILL)
    return bool(child.exitcode)


def test_a_renewal_killed_before_any_line_is_recovered_or_reported(fork: Any, account: Account):
    """Only where the server had rotated and the file had not followed is a login needed; everywhere else the next process goes on."""
    account.expire()
    outcomes = []
    for line in range(1, MOST):
        if not killed_at(fork, line, account):
            break
        outcomes.append(_recovered(account))
        account.log_in() if outcomes[-1] == "reported" else None
        account.expire()
    else:
        pytest.fail(f"a renewal runs more than {MOST} lines")
    told = "".join(outcome[0] for outcome in outcomes)
    before, _, after = told.partition("r")
    assert before, "nothing was tried before the window"
    assert set(after.rstrip("g")) <= {"r"}, f"good pairs inside the window: {told}"
    assert told.endswith("g"), "nothing was tried after the window"
    assert told.count("r") < len(told) / 2


def _recovered(account: Account) -> str:
    """Return `good` when the next process gets in, `reported` when it says why not; anything else fails."""
    kept, reused = account.kept(), account.shown()["reused"]
    keeper = account.keeper()
    try:
        pair = account.run(keeper.current())
    except FatalError as error:
        assert "before the new pair was stored" in str(error)  # noqa: PT017 - it need not be raised
        assert kept.spending_since is not None
        assert account.shown()["reused"] == reused + 1
        return "reported"
    assert account.shown()["reused"] == reused, "a spent refresh token was sent although a good pair was there"
    assert account.kept() == pair
    assert account.tenant.http.get("/rest/v2/users", headers={"authorization": f"Bearer {pair.access}"}).is_success
    return "good"
