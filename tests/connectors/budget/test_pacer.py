"""Turns: no earlier than allowed, the urgent ones first, and given up when their work is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from connectors.base import Quota
from connectors.budget import Pacer, Policy, Priority, on_errand
from connectors.budget.books import SharedBooks
from connectors.budget.headers import Heard
from connectors.budget.ledger import Ticket
from schemas.errors import RateLimitedError, RetriableError
from tests.connectors.budget.virtual import MIDNIGHT, now
from tests.connectors.conftest import Run


def pacer(per_second: float = 4, books: Path | None = None) -> Pacer:
    """Return a pacer in the running loop's time."""
    return Pacer(Policy(per_second), SharedBooks(books) if books else None, clock=now)


def says(wait_s: float | None, left: int | None = None) -> Heard:
    """Return a refusal."""
    return Heard(refused=True, wait_s=wait_s, allowed=None, quota=Quota(left, 1000), day_s=86400)


async def turn(of: Pacer, priority: Priority = Priority.READ, may_start: Callable[[], bool] = lambda: True) -> float:
    """Return when a turn came (seconds since midnight)."""
    with on_errand(priority, may_start):
        ticket = await of.turn()
    assert ticket.at == now()
    return ticket.at - MIDNIGHT


def test_calls_keep_the_rate(virtual: Run):
    """However many wait, each second sees four."""

    async def crowd() -> list[float]:
        of = pacer()
        return sorted(await asyncio.gather(*(turn(of) for _ in range(100))))

    times = virtual(crowd())
    assert all(later - earlier >= 0.25 - 1e-6 for earlier, later in pairwise(times))
    assert times[-1] == pytest.approx(99 / 4, abs=0.1)


def test_what_is_begun_goes_before_live_before_reading_before_bulk(virtual: Run):
    """In one process, whoever came first."""

    async def crowd() -> list[Priority]:
        of, order = pacer(), []

        async def one(priority: Priority) -> None:
            await turn(of, priority)
            order.append(priority)

        await turn(of)
        await asyncio.gather(*(one(each) for each in reversed([*Priority] * 3)))
        return order

    assert virtual(crowd()) == sorted([*Priority] * 3)


def test_processes_share_one_rate_and_one_order(virtual: Run, tmp_path: Path):
    """Three pacers on one file: together no faster than one; what is live goes first, wherever it waits."""

    async def crowd() -> tuple[list[float], list[float]]:
        writer, other, reader = (pacer(books=tmp_path / "keap.json") for _ in range(3))
        backlog = [asyncio.create_task(turn(of, Priority.BULK)) for of in (writer, other) for _ in range(50)]
        await asyncio.sleep(2)
        urgent = [await turn(of, priority) for of, priority in ((other, Priority.LIVE), (reader, Priority.READ)) for _ in range(5)]
        done = sorted([*(await asyncio.gather(*backlog)), *urgent])
        for of in (writer, other, reader):
            of.close()
        return done, urgent

    times, urgent = virtual(crowd())
    assert all(later - earlier >= 0.25 - 1e-6 for earlier, later in pairwise(times))
    assert urgent[-1] < 2 + 10 * 0.6
    assert times[-1] < 110 * 0.3


def test_a_stop_holds_everyone_for_as_long_as_asked(virtual: Run):
    """After a refusal the next call begins when the server said, in every process."""

    async def held() -> float:
        of = pacer()
        await of.learn(await of.turn(), says(7))
        return await turn(of)

    assert virtual(held()) == pytest.approx(7)


def test_a_day_that_is_used_up_is_said_not_slept(virtual: Run):
    """Hours are the caller's business; at 00:00 UTC all goes on."""

    async def spent() -> float:
        of = pacer()
        await of.learn(await of.turn(), says(86400, left=0))
        with pytest.raises(RateLimitedError, match="the day's quota is used up") as caught:
            await of.turn()
        assert caught.value.wait_s == 86400
        await asyncio.sleep(86400)
        return await turn(of)

    assert virtual(spent()) == pytest.approx(86400)


def test_a_refused_turn_takes_no_place_in_the_line(virtual: Run):
    """When the stop is over, the first call goes at once."""

    async def refused() -> float:
        of = pacer()
        await of.learn(await of.turn(), says(60))
        for _ in range(50):
            with pytest.raises(RateLimitedError):
                await of.turn()
        await asyncio.sleep(60)
        return await turn(of)

    assert virtual(refused()) == pytest.approx(60)


def test_a_waiting_call_can_be_cancelled(virtual: Run):
    """Shutdown does not wait for a turn, and nobody waits for who is gone."""

    async def cancelled() -> float:
        of = pacer(0.1)
        await of.turn()
        tasks = [asyncio.create_task(turn(of)) for _ in range(5)]
        await asyncio.sleep(1)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks)
        return await turn(of)

    assert virtual(cancelled()) == pytest.approx(10)


def test_a_call_whose_work_was_given_up_does_not_go_out(virtual: Run):
    """A partition may be taken away while its call waits: not one of the line goes, and all hear of it soon."""

    async def given_up() -> float:
        of, ours = pacer(0.1), True
        await of.turn()
        tasks = [asyncio.create_task(turn(of, Priority.BULK, lambda: ours)) for _ in range(30)]
        await asyncio.sleep(1)
        ours = False
        for found in await asyncio.gather(*tasks, return_exceptions=True):
            assert isinstance(found, RetriableError)
        return now() - MIDNIGHT

    assert virtual(given_up()) < 2


def test_the_books_survive_their_holder(virtual: Run, tmp_path: Path):
    """A worker that starts again knows of the stop."""

    async def again() -> Ticket:
        of = pacer(books=tmp_path / "keap.json")
        await of.learn(await of.turn(), says(60))
        of.close()
        return await pacer(books=tmp_path / "keap.json").turn()

    with pytest.raises(RateLimitedError) as caught:
        virtual(again())
    assert caught.value.wait_s == pytest.approx(60)
