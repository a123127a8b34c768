"""Lanes on the real broker: each command called in order, answered once, and no repeat that is not told to be one."""

import json
import os
import signal
from itertools import count, pairwise
from pathlib import Path

import pytest

from tests.engine.calling import LEDGER
from tests.engine.misbehaving import PAUSE
from tests.engine.polling import wait_for
from tests.engine.stage import Stage, stage, terminate

pytestmark = pytest.mark.broker

KEYS = [f"link-{number}" for number in range(12)]
PROGRAM = "tests.engine.calling"


def send(calling: Stage, numbers: range) -> None:
    """Send each number once per key, to one topic."""
    for number in numbers:
        for key in KEYS:
            calling.send(key, number)
    calling.flush()


def calls(directory: Path) -> list[dict[str, object]]:
    """Return every call that reached the outside, in order."""
    ledger = directory / LEDGER
    return [json.loads(line) for line in ledger.read_text().splitlines()] if ledger.exists() else []


def assert_exact(calling: Stage, directory: Path, numbers: int) -> None:
    """Each number was answered once and in order; calls were in order, repeated only where the handler could know it.

    A process that goes on after a killed one may repeat the last few calls; it never leaves one out.
    """
    answers = calling.await_sent(len(KEYS) * numbers)
    assert answers == {key: list(range(numbers)) for key in KEYS}
    for key in KEYS:
        made = [(call["pid"], call["number"]) for call in calls(directory) if call["key"] == key]
        for (pid, number), (next_pid, next_number) in pairwise(made):
            assert next_number == number + 1 or (next_pid != pid and next_number <= number)
    seen = set()
    for call in calls(directory):
        again = (call["key"], call["number"]) in seen
        assert call["repeat"] or not again, call
        seen.add((call["key"], call["number"]))


def test_killed_workers_repeat_only_what_may_be_a_repeat(broker: str, tmp_path: Path):
    """Kill -9 in the middle of calls: all are answered once, and a call that is made twice is known to be a repeat."""
    with stage(broker, tmp_path, PROGRAM) as calling:
        worker = calling.start(instance="1")
        for kill in range(3):
            done = len(calls(tmp_path))
            send(calling, range(kill * 8, kill * 8 + 8))
            wait_for(lambda done=done: len(calls(tmp_path)) > done + 40)
            worker.kill()
            worker.wait()
            worker = calling.start(instance="1")
        assert_exact(calling, tmp_path, 24)
        assert terminate(worker) == 0


def test_lanes_keep_their_order_while_workers_join_and_leave(broker: str, tmp_path: Path):
    """Partitions that move in the middle of calls: no call overtakes an earlier one of its key."""
    with stage(broker, tmp_path, PROGRAM) as calling:
        first = calling.start()
        send(calling, range(10))
        wait_for(lambda: len(calls(tmp_path)) > 30)
        second = calling.start()
        numbers = count(10)

        def both_called() -> bool:
            send(calling, range(number := next(numbers), number + 1))
            return {call["pid"] for call in calls(tmp_path)} == {first.pid, second.pid}

        wait_for(both_called)
        sent = next(numbers)
        send(calling, range(sent, sent + 10))
        assert terminate(first) == 0
        assert_exact(calling, tmp_path, sent + 10)
        assert terminate(second) == 0
        assert calling.lag() == 0


def test_a_worker_that_was_paused_begins_no_call(broker: str, tmp_path: Path):
    """A worker that wakes up after its partitions went elsewhere calls nobody before it owns something again.

    It is stopped just after a call: one stopped just before, when it had made sure that it may, would still make that one.
    """
    fault, pause = "pauses in a call", tmp_path / PAUSE
    with stage(broker, tmp_path, "tests.engine.misbehaving") as calling:
        zombie = calling.start(fault=fault)
        send(calling, range(20))
        wait_for(lambda: len(calls(tmp_path)) > 20)
        pause.touch()
        wait_for(lambda: not pause.exists())
        calling.start(fault=fault)
        calling.await_sent(len(KEYS) * 20)
        before = len(calls(tmp_path))
        os.kill(zombie.pid, signal.SIGCONT)
        wait_for(lambda: zombie.poll() is not None or calling.log("worker-0").count("partition.recovered") > 4)
        assert len(calls(tmp_path)) == before
        send(calling, range(20, 25))
        assert_exact(calling, tmp_path, 25)
