"""How a worker that cannot go on ends, in live processes: with 70 and one line that says why, never in silence."""

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.counting import command
from tests.engine.stage import stage

pytestmark = pytest.mark.broker

Ended = subprocess.CompletedProcess[str]


@pytest.fixture
def end_of(broker: str, tmp_path: Path) -> Callable[..., Ended]:
    """Return a function that runs a misbehaving worker with one record of each partition until it ends."""

    def run(fault: str, **changes: object) -> Ended:
        with stage(broker, tmp_path) as misbehaving:
            for key in range(8):
                misbehaving.send(f"key-{key}", 1)
            misbehaving.flush()
            settings = replace(misbehaving.settings, **changes)  # type: ignore[arg-type]  # a test names what it changes
            told = command("tests.engine.misbehaving", settings, out=misbehaving.out, fault=fault)
            ended = subprocess.run(told, capture_output=True, text=True, check=False, timeout=60)
            assert misbehaving.read(misbehaving.out) == [] or fault == "cannot commit"
            return ended

    return run


def assert_failed(ended: Ended, reason: str) -> None:
    """It ended with 70 and said why, once."""
    told = ended.stdout + ended.stderr
    assert ended.returncode == 70, told
    assert told.count("worker.failed") == 1
    assert reason in told


def test_partitions_that_do_not_open_in_time(end_of: Callable[..., Ended]):
    """Stock takes the time-out for the end of its recovery, and the worker is never ready."""
    assert_failed(end_of("opens for ever", open_timeout_s=0.5), "TimeoutError('opening the partitions took more than 0.5 s')")


def test_a_child_task_that_dies(end_of: Callable[..., Ended]):
    """A lane that dies in silence would hold its records, and with them the commits of its partition, for ever."""
    ended = end_of("stumbles")
    assert_failed(ended, "a defect: ZeroDivisionError")
    assert "changes-" in ended.stdout + ended.stderr


def test_an_event_loop_that_hangs(end_of: Callable[..., Ended]):
    """The watchdog has a thread of its own: it sees what no coroutine could tell any more."""
    assert_failed(end_of("hangs the loop", stall_timeout_s=0.5), "events wait and none is finished")


def test_work_that_never_ends(end_of: Callable[..., Ended]):
    """The loop runs, the broker hears us, and nothing moves."""
    assert_failed(end_of("decides for ever", stall_timeout_s=0.5), "events wait and none is finished")


def test_a_crash_of_the_faust_app(end_of: Callable[..., Ended]):
    """A crash inside Faust raises nothing into `main`; the worker ends all the same."""
    assert_failed(end_of("cannot commit"), "the Faust app failed: ConnectionError")
