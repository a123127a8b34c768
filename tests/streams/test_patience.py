"""Waiting out passing faults."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
import stamina
import structlog
from structlog.testing import capture_logs

from schemas.errors import RateLimitedError, RejectedError, RetriableError
from streams.patience import WAIT_MAX_S, Patience, Stopped, _wait

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


@pytest.fixture
def _no_backoff() -> Iterator[None]:
    """Retry at once, and not for ever."""
    with stamina.set_testing(True, attempts=50):
        yield


class Flaky:
    """Fails so many times, then answers."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls = 0

    async def __call__(self) -> str:
        """Fail or answer."""
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return "answer"


@pytest.mark.usefixtures("_no_backoff")
async def test_passing_faults_are_waited_out() -> None:
    """However many there are."""
    flaky = Flaky(*(RetriableError("503") for _ in range(20)))
    assert await Patience(structlog.get_logger())(flaky) == "answer"
    assert flaky.calls == 21


@pytest.mark.usefixtures("_no_backoff")
async def test_other_errors_pass_at_once() -> None:
    """They are somebody else's to judge."""
    flaky = Flaky(RejectedError("400"))
    with pytest.raises(RejectedError):
        await Patience(structlog.get_logger())(flaky)
    assert flaky.calls == 1


@pytest.mark.usefixtures("_no_backoff")
async def test_a_lasting_fault_is_two_lines() -> None:
    """One when it shows, one when it is over; a fault that the next attempt heals is none."""
    with capture_logs() as lines:
        patience = Patience(structlog.get_logger())
        await patience(Flaky(RetriableError("503")))
        assert lines == []
        await patience(Flaky(*(RetriableError("503") for _ in range(9))))
        await patience(Flaky())
    assert [line["event"] for line in lines] == ["call.failed", "call.recovered"]


async def test_waiting_ends_at_once_when_it_has_to() -> None:
    """However long the server asked to wait."""
    stopping = asyncio.Event()
    waiting = asyncio.create_task(Patience(structlog.get_logger())(Flaky(RateLimitedError("429", 3600)), stopping))
    await asyncio.sleep(0)
    stopping.set()
    with pytest.raises(Stopped):
        await asyncio.wait_for(waiting, 5)


async def test_a_call_under_way_is_not_broken_off() -> None:
    """What it did must be known."""
    stopping, answer = asyncio.Event(), asyncio.Event()

    async def call() -> str:
        await answer.wait()
        return "answer"

    waiting = asyncio.create_task(Patience(structlog.get_logger())(call, stopping))
    await asyncio.sleep(0)
    stopping.set()
    await asyncio.sleep(0)
    answer.set()
    assert await asyncio.wait_for(waiting, 5) == "answer"


async def test_the_servers_wait_is_kept_within_reason() -> None:
    """A day is asked about again every minute."""
    assert _wait(RateLimitedError("429", 7.5)) == 7.5
    assert _wait(RateLimitedError("429", 86_400)) == WAIT_MAX_S
    assert _wait(RetriableError("503")) is True
    assert _wait(ValueError()) is False
