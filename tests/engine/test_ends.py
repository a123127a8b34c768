"""How a worker that cannot go on ends, in live processes: with 70 and one line that says why, never in silence."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.engine.hanging import NOBODY
from tests.engine.stage import stage

pytestmark = pytest.mark.broker

IMPATIENT = {"stall_timeout_s": 0.5}
FAULTS: dict[str, dict[str, object]] = {
    "opens for ever": {"open_timeout_s": 0.5},
    "stumbles": {},
    "hangs the loop": IMPATIENT,
    "decides for ever": IMPATIENT,
    "cannot commit": {},
    "cannot decide": {},
}
"""What each worker does (`misbehaving.py`), and how little patience it is given."""
TAKEN_AWAY: dict[str, tuple[str, dict[str, object], str]] = {
    "supervision": ("stumbles", IMPATIENT, "events wait and none is finished"),
    "look_at_crashes": ("cannot commit", {}, "it did not stop"),
    "error_of_recovery": ("opens for ever", {"open_timeout_s": 0.5}, "it did not become ready"),
    "except_of_the_agent": ("cannot decide", IMPATIENT, "events wait and none is finished"),
}
"""Part (`taken_away.py`) -> the fault it would tell, and what the watchdog says in its place, which is given minutes otherwise."""
HANGS = ("hangs the loop", "decides for ever")
Ended = tuple[int, str]
"""Exit code and log."""
EndOf = Callable[..., Ended]


@pytest.fixture(scope="module")
def end_of(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EndOf]:
    """Start all of them beside each other, each a stage of its own; return how the one ends that has a fault and lacks a part."""
    with stage(broker, tmp_path_factory.mktemp("ends"), "tests.engine.misbehaving") as stage_:
        for key in range(8):
            stage_.send(f"key-{key}", 1)
        stage_.flush()
        plain, workers = stage_.settings, {}

        def start(fault: str, changes: dict[str, object], **without: str) -> None:
            name = _name(fault, **without)
            stage_.settings = replace(plain, stage=f"{plain.stage}-{name}", **changes)  # type: ignore[arg-type]  # named above
            workers[name] = stage_.start(directory=name, fault=fault, **without)

        for fault, changes in FAULTS.items():
            start(fault, changes)
        for part, (fault, changes, _) in TAKEN_AWAY.items():
            start(fault, changes, without=part)
        for fault in HANGS:
            start(fault, FAULTS[fault], without="start_of_the_watchdog")
        yield lambda *case: (workers[_name(*case)].wait(60), stage_.log(_name(*case)))


def _name(fault: str, without: str = "") -> str:
    return f"{fault} {without}".strip().replace(" ", "-")


def assert_failed(ended: Ended, reason: str) -> None:
    """It ended with 70 and said why, once."""
    code, told = ended
    assert code == 70, told
    assert told.count("worker.failed") == 1
    assert reason in told


def test_partitions_that_do_not_open_in_time(end_of: EndOf):
    """Stock takes the time-out for the end of its recovery, and the worker is never ready."""
    assert_failed(end_of("opens for ever"), "TimeoutError('opening the partitions took more than 0.5 s')")


def test_a_child_task_that_dies(end_of: EndOf):
    """A lane that dies in silence would hold its records, and with them the commits of its partition, for ever."""
    assert_failed(end_of("stumbles"), "a defect: ZeroDivisionError")


def test_an_event_loop_that_hangs(end_of: EndOf):
    """The watchdog has a thread of its own: it sees what no coroutine could tell any more."""
    assert_failed(end_of("hangs the loop"), "events wait and none is finished")


def test_work_that_never_ends(end_of: EndOf):
    """The loop runs, the broker hears us, and nothing moves."""
    assert_failed(end_of("decides for ever"), "events wait and none is finished")


def test_a_crash_of_the_faust_app(end_of: EndOf):
    """A crash inside Faust raises nothing into `main`; the worker ends all the same."""
    assert_failed(end_of("cannot commit"), "the Faust app failed: ConnectionError")


def test_a_defect_of_a_decision(end_of: EndOf):
    """Stock acknowledges the event and starts the agent again."""
    assert_failed(end_of("cannot decide"), "a defect: ZeroDivisionError")


@pytest.mark.parametrize("part", TAKEN_AWAY)
def test_without_the_part_that_would_tell_only_the_watchdog_does(part: str, end_of: EndOf):
    """The worker hangs in silence until its patience ends: minutes, unless a test shortens it."""
    fault, _, reason = TAKEN_AWAY[part]
    assert_failed(end_of(fault, part), reason)


@pytest.mark.parametrize("fault", HANGS)
def test_without_the_watchdog_nobody_ends_what_hangs(fault: str, end_of: EndOf):
    """It hung ten times as long as it may."""
    code, told = end_of(fault, "start_of_the_watchdog")
    assert code == NOBODY
    assert "worker.failed" not in told
