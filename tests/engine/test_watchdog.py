"""The watchdog: what may last, and for how long."""

from types import SimpleNamespace
from typing import Any

import pytest

from streams.engine.watchdog import FETCH_S, GROUP_S, STOP_S, Watchdog
from streams.engine.watermark import Watermark
from tests.engine.memory import settings


class Rounds:
    """A number that is never the one it was."""

    def __eq__(self, other: object) -> bool:
        """Say no."""
        return False

    __hash__ = None  # type: ignore[assignment]


def watched(**state: object) -> tuple[Any, Watchdog, list[str]]:
    """Return an app in some state, its watchdog and the reasons it gave."""
    reasons: list[str] = []
    healthy: dict[str, object] = {"should_stop": False, "crashed": False, "ready": True, "watermarks": {}, "rounds": Rounds()}
    work = SimpleNamespace(settings=settings(stall_timeout_s=10.0), holding=False, opening=False, inbox=SimpleNamespace(full=False))
    app = SimpleNamespace(work=work, **(healthy | state))
    return app, Watchdog(app, reasons.append), reasons


@pytest.mark.parametrize("state", [{"should_stop": True}, {"crashed": True}])
def test_a_stop_that_does_not_end(state: dict[str, object]):
    """A worker that stops or crashed has to be gone in time."""
    _, watchdog, reasons = watched(**state)
    watchdog.look(0)
    watchdog.look(STOP_S)
    assert reasons == []
    watchdog.look(STOP_S + 1)
    assert "stop" in reasons[0]


def test_a_recovery_that_does_not_end():
    """A worker that does not become ready ends; one that does in time starts its time anew."""
    app, watchdog, reasons = watched(ready=False)
    app.work.opening = True
    watchdog.look(0)
    app.ready = True
    watchdog.look(800)
    app.ready = False
    watchdog.look(1000)
    watchdog.look(1500)
    assert reasons == []
    watchdog.look(2000)
    assert "ready" in reasons[0]


def test_a_rebalance_that_does_not_end():
    """Opening partitions takes the time it takes; being without any takes none."""
    app, watchdog, reasons = watched(ready=False)
    watchdog.look(0)
    app.work.opening = True
    watchdog.look(GROUP_S)
    app.work.opening = False
    watchdog.look(GROUP_S + 1)
    watchdog.look(2 * GROUP_S + 1)
    assert reasons == []
    watchdog.look(2 * GROUP_S + 2)
    assert "partitions" in reasons[0]


def test_a_worker_that_asks_the_broker_for_nothing():
    """Its loop hangs, or whoever fetches; one whose inbox is full has enough."""
    app, watchdog, reasons = watched(rounds=7)
    app.work.inbox.full = True
    watchdog.look(0)
    watchdog.look(FETCH_S + 1)
    app.work.inbox.full = False
    watchdog.look(FETCH_S + 2)
    app.rounds = 8
    watchdog.look(2 * FETCH_S)
    watchdog.look(2 * FETCH_S + 1)
    watchdog.look(3 * FETCH_S + 1)
    assert reasons == []
    watchdog.look(3 * FETCH_S + 2)
    assert "nothing" in reasons[0]


def test_events_that_wait_while_none_is_finished():
    """Events that wait are fine while others are finished; when nothing moves, the worker ends."""
    mark = Watermark(0)
    for offset in range(3):
        mark.deliver(offset)
    _, watchdog, reasons = watched(watermarks={0: mark})
    watchdog.look(0)
    mark.ack(0)
    mark.advance()
    watchdog.look(9)
    watchdog.look(10)
    watchdog.look(19)
    assert reasons == []
    watchdog.look(21)
    assert "wait" in reasons[0]


def test_an_idle_worker_is_left_alone():
    """Nothing that waits is no stall, however long it lasts."""
    _, watchdog, reasons = watched(watermarks={0: Watermark(5)})
    for now in range(0, 1000, 100):
        watchdog.look(now)
    assert reasons == []
