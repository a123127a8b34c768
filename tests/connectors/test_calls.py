"""Calls are counted by piece of work, however much goes on beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from connectors.calls import counted, note_call


def test_work_side_by_side_is_counted_apart(run: Callable[..., Any]):
    """Three tasks, three tallies."""

    async def work(calls: int) -> int:
        with counted() as tally:
            for _ in range(calls):
                await asyncio.sleep(0)
                note_call()
        return tally.calls

    async def all_of_it() -> list[int]:
        return await asyncio.gather(work(1), work(5), work(3))

    assert run(all_of_it()) == [1, 5, 3]


def test_a_call_within_a_timeout_is_counted(run: Callable[..., Any]):
    """`wait_for` runs its work in a task of its own; the tally goes with it."""

    async def call() -> None:
        note_call()

    async def work() -> int:
        with counted() as tally:
            await asyncio.wait_for(call(), 5)
        return tally.calls

    assert run(work()) == 1


def test_an_inner_count_adds_to_the_outer():
    """Nothing is lost by counting a part."""
    with counted() as outer:
        note_call()
        with counted() as inner:
            note_call()
    assert (inner.calls, outer.calls) == (1, 2)


def test_without_a_count_a_call_is_just_made():
    """Nobody has to count."""
    note_call()
