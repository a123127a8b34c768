"""Workers that are killed, paused, joined and stopped on the real broker: every number counts exactly once."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.engine.polling import wait_for
from tests.engine.stage import Stage, stage, terminate

pytestmark = pytest.mark.broker

KEYS = [f"key-{number}" for number in range(20)]


def send_round(stage_: Stage, rounds: range) -> None:
    """Send each number once per key, keys alternating between the two source topics."""
    for number in rounds:
        for index, key in enumerate(KEYS):
            stage_.send(key, number, topic=index % 2)
    stage_.flush()


def assert_exact(stage_: Stage, rounds: int) -> None:
    """Every number came out once, in order, and the table holds the last one of each key."""
    sent = stage_.await_sent(len(KEYS) * rounds)
    assert sent == {key: list(range(rounds)) for key in KEYS}
    assert stage_.rows() == {key.encode(): b"%d" % (rounds - 1) for key in KEYS}


def test_a_killed_worker_comes_back_within_seconds_and_loses_nothing(broker: str, tmp_path: Path):
    """Kill -9 between chunks and within them: after each restart the work goes on, exactly once."""
    with stage(broker, tmp_path, chunk=20) as counting:
        worker = counting.start(instance="1")
        for kill in range(3):
            send_round(counting, range(kill * 20, kill * 20 + 20))
            wait_for(lambda done=kill * 400: len(counting.read(counting.out)) > done)
            worker.kill()
            worker.wait()
            worker = counting.start(instance="1")
            counting.await_sent((kill + 1) * 400, within_s=15)
        assert_exact(counting, 60)
        assert terminate(worker) == 0


def test_a_worker_without_its_local_store_recovers_from_the_changelog(broker: str, tmp_path: Path):
    """Another worker, with an empty directory, knows what the first one counted."""
    with stage(broker, tmp_path) as counting:
        send_round(counting, range(5))
        first = counting.start()
        counting.await_sent(len(KEYS) * 5)
        assert terminate(first) == 0
        send_round(counting, range(8))  # five of them are known
        counting.start()
        assert_exact(counting, 8)


def test_a_stopped_worker_has_committed_what_it_finished(broker: str, tmp_path: Path):
    """SIGTERM drains: exit code 0 in seconds, and nothing is delivered again afterwards."""
    with stage(broker, tmp_path) as counting:
        worker = counting.start()
        send_round(counting, range(5))
        counting.await_sent(len(KEYS) * 5)
        began = time.monotonic()
        assert terminate(worker) == 0
        assert time.monotonic() - began < 5
        assert counting.lag() == 0


def test_a_worker_stopped_while_it_starts_ends_with_zero(broker: str, tmp_path: Path):
    """SIGTERM before anything is assigned is a stop like any other."""
    with stage(broker, tmp_path) as counting:
        worker = counting.start()
        wait_for(lambda: "worker.started" in counting.log("worker-0"))
        assert terminate(worker) == 0


def test_a_paused_worker_is_replaced_under_its_own_name(broker: str, tmp_path: Path):
    """The same with a named worker: its successor takes the name over, and stays in the end."""
    with stage(broker, tmp_path, chunk=5) as counting:
        zombie = counting.start(instance="1")
        send_round(counting, range(10))
        wait_for(lambda: counting.read(counting.out))
        os.kill(zombie.pid, signal.SIGSTOP)
        successor = counting.start(instance="1")
        send_round(counting, range(10, 20))
        counting.await_sent(len(KEYS) * 20)
        os.kill(zombie.pid, signal.SIGCONT)
        for number in range(20, 40):
            send_round(counting, range(number, number + 1))
            if successor.poll() is not None:
                successor = counting.start(instance="1")
        assert_exact(counting, 40)


def test_joining_and_leaving_workers_lose_nothing(broker: str, tmp_path: Path):
    """Partitions move to a worker that joins and back when it leaves, while numbers flow."""
    with stage(broker, tmp_path, chunk=10) as counting:
        first = counting.start()
        send_round(counting, range(10))
        wait_for(lambda: counting.read(counting.out))
        second = counting.start()
        for number in range(10, 30):
            send_round(counting, range(number, number + 1))
        wait_for(lambda: "partition.recovered" in counting.log("worker-1"))
        send_round(counting, range(30, 40))
        assert terminate(first) == 0
        send_round(counting, range(40, 50))
        counting.await_sent(len(KEYS) * 50)
        assert terminate(second) == 0
        assert_exact(counting, 50)
        assert counting.lag() == 0
