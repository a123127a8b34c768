"""Accounts say what they offer before they are used; one that does not holds its own connection alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import stamina
import structlog

from schemas.errors import FatalError, RetriableError
from streams import introduction
from streams.introduction import Introduction, require_accounts
from streams.patience import Patience
from tests.fakes.side import FakeSide

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Check again without waiting."""
    monkeypatch.setattr(introduction, "BETWEEN_S", 0)
    with stamina.set_testing(True, attempts=50):
        yield


def account(*faults: str, times: int = 10**3) -> Introduction:
    """Return an account whose next checks have these faults."""
    side = FakeSide("keap", checks=[list(faults)] * (times if faults else 0))
    return Introduction(side, Patience(structlog.get_logger()))


def asked(one: Introduction) -> int:
    """Return how often an account was checked."""
    assert isinstance(one.source, FakeSide)
    return one.source.count("check")


async def test_every_fault_of_every_account_is_told_at_once() -> None:
    """The operator mends them together."""
    with pytest.raises(RetriableError, match="keap: refused\nerp: away"):
        await require_accounts({"main": [account("keap: refused"), account("erp: away")]})


async def test_half_a_connection_is_not_whole() -> None:
    """A wrong key is told at once, however well the other side is."""
    with pytest.raises(RetriableError, match="erp: away"):
        await require_accounts({"main": [account(), account("erp: away")], "more": [account("keap: refused"), account()]})


async def test_a_passing_fault_at_the_start_is_none() -> None:
    """The next check is clean."""
    one = account("keap: 500", times=1)
    assert await require_accounts({"main": [one]}) == {"main"}
    assert asked(one) == 2


async def test_one_whole_connection_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that hangs holds nobody else."""
    monkeypatch.setattr(introduction, "REST_S", 0.01)
    monkeypatch.setattr(introduction, "BETWEEN_S", 3600)
    assert await require_accounts({"main": [account()], "more": [account("erp: away")]}) == {"main"}


async def test_who_is_well_is_waited_for() -> None:
    """Capture and the writers judge what an account offers before anything starts."""
    assert await require_accounts({"main": [account()], "more": [account("keap: 500", times=3)]}) == {"main", "more"}


async def test_whoever_waits_goes_on_when_the_account_is_back() -> None:
    """Once it is, nobody asks again, for every command waits for it; and what it offers was judged once for all who waited."""
    judged: list[str] = []
    side = FakeSide("erp", checks=[["erp: away"]] * 5)
    one = Introduction(side, Patience(structlog.get_logger()), lambda: judged.append("once") or [])  # type: ignore[func-returns-value]
    await asyncio.gather(*(one.wait() for _ in range(3)))
    done = side.count("check")
    await one.wait()
    assert (side.count("check"), judged) == (done, ["once"])


async def test_a_check_that_raises_is_a_fault_like_any_other() -> None:
    """Adapters are written by others."""
    one = account()
    assert isinstance(one.source, FakeSide)
    one.source.fail("check", FatalError("credentials refused"), RetriableError("away"))
    await one.wait()
    assert asked(one) == 3


async def test_an_account_that_is_back_with_too_little_ends_the_process() -> None:
    """Its next start says why, and nobody starts it again."""
    refusing = Introduction(FakeSide("erp"), Patience(structlog.get_logger()), lambda: ["main: contact: could be made twice"])
    with pytest.raises(FatalError, match="could be made twice"):
        await refusing.wait()
