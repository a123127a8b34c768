"""How a worker that cannot go on ends, in live processes: with 70 and one line that says why, never in silence."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.engine.stage import stage

pytestmark = pytest.mark.broker

FAULTS: dict[str, dict[str, object]] = {
    "opens for ever": {"open_timeout_s": 0.5},
    "stumbles": {},
    "hangs the loop": {"stall_timeout_s": 0.5},
    "decides for ever": {"stall_timeout_s": 0.5},
    "cannot commit": {},
}
"""What each worker does (`misbehaving.py`), and how little patience it is given."""


@pytest.fixture(scope="module")
def end_of(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], tuple[int, str]]]:
    """Start all of them beside each other, each a stage of its own; return how one of them ends: its exit code and its log."""
    with stage(broker, tmp_path_factory.mktemp("ends"), "tests.engine.misbehaving") as stage_:
        for key in range(8):
            stage_.send(f"key-{key}", 1)
        stage_.flush()
        plain = stage_.settings
        workers = {}
        for fault, changes in FAULTS.items():
            name = fault.replace(" ", "-")
            stage_.settings = replace(plain, stage=f"{plain.stage}-{name}", **changes)  # type: ignore[arg-type]  # named above
            workers[fault] = stage_.start(directory=name, fault=fault)
        yield lambda fault: (workers[fault].wait(60), stage_.log(fault.replace(" ", "-")))


def assert_failed(ended: tuple[int, str], reason: str) -> None:
    """It ended with 70 and said why, once."""
    code, told = ended
    assert code == 70, told
    assert told.count("worker.failed") == 1
    assert reason in told


def test_partitions_that_do_not_open_in_time(end_of: Callable[[str], tuple[int, str]]):
    """Stock takes the time-out for the end of its recovery, and the worker is never ready."""
    assert_failed(end_of("opens for ever"), "TimeoutError('opening the partitions took more than 0.5 s')")


def test_a_child_task_that_dies(end_of: Callable[[str], tuple[int, str]]):
    """A lane that dies in silence would hold its records, and with them the commits of its partition, for ever."""
    assert_failed(end_of("stumbles"), "a defect: ZeroDivisionError")


def test_an_event_loop_that_hangs(end_of: Callable[[str], tuple[int, str]]):
    """The watchdog has a thread of its own: it sees what no coroutine could tell any more."""
    assert_failed(end_of("hangs the loop"), "events wait and none is finished")


def test_work_that_never_ends(end_of: Callable[[str], tuple[int, str]]):
    """The loop runs, the broker hears us, and nothing moves."""
    assert_failed(end_of("decides for ever"), "events wait and none is finished")


def test_a_crash_of_the_faust_app(end_of: Callable[[str], tuple[int, str]]):
    """A crash inside Faust raises nothing into `main`; the worker ends all the same."""
    assert_failed(end_of("cannot commit"), "the Faust app failed: ConnectionError")
