"""The fence: a worker that is paused beyond its session and goes on beside its successor changes nothing."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.engine.calling import LEDGER
from tests.engine.misbehaving import PAUSE
from tests.engine.polling import wait_for
from tests.engine.stage import Stage, stage

pytestmark = pytest.mark.broker

KEYS = [f"key-{number}" for number in range(8)]


def everything(stage_: Stage, directory: Path) -> set[object]:
    """Return all that was ever committed (what was sent, the table's changes) and every call to the outside."""
    messages = [*stage_.read(stage_.out), *stage_.read(stage_.changelog)]
    ledger = directory / LEDGER
    calls = ledger.read_text().splitlines() if ledger.exists() else []
    return {*calls, *((each.topic(), each.partition(), each.offset(), each.value()) for each in messages)}


@contextmanager
def overtaken(
    broker: str, directory: Path, fault: str, **extra: str
) -> Iterator[tuple[Stage, subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    """Yield a stage, a worker that is paused with work in hand, and the successor that has done that work.

    Both have the same directory: the paused one holds the locks of its stores, and its files go on under the successor's.
    """
    with stage(broker, directory, "tests.engine.misbehaving") as stage_:
        pause = directory / PAUSE
        pause.touch()
        for number in range(5):
            for key in KEYS:
                stage_.send(key, number)
        stage_.flush()
        paused = stage_.start(directory="shared", fault=fault, **extra)
        wait_for(lambda: not pause.exists())
        successor = stage_.start(directory="shared", fault=fault, **extra)
        assert stage_.await_sent(5 * len(KEYS)) == {key: list(range(5)) for key in KEYS}
        yield stage_, paused, successor


@pytest.mark.parametrize("fault", ["pauses in a decision", "pauses in a call"])
def test_a_paused_worker_beside_its_successor_changes_nothing(fault: str, broker: str, tmp_path: Path):
    """Stopped with work in hand, continued when another one has done that work: it is refused and exits, nothing of it is seen."""
    with overtaken(broker, tmp_path, fault) as (stage_, paused, successor):
        before = everything(stage_, tmp_path)
        os.kill(paused.pid, signal.SIGCONT)
        assert paused.wait(30) == 70
        assert "another worker took over" in stage_.log("shared")
        assert everything(stage_, tmp_path) == before
        for key in KEYS:
            stage_.send(key, 5)
        stage_.flush()
        assert stage_.await_sent(6 * len(KEYS)) == {key: list(range(6)) for key in KEYS}
        assert successor.poll() is None


def test_without_one_name_for_both_the_paused_one_is_heard(broker: str, tmp_path: Path):
    """Each with a `transactional.id` of its own: what the successor has done is done once more."""
    with overtaken(broker, tmp_path, "pauses in a decision", without="name_of_the_producer") as (stage_, paused, _):
        before = everything(stage_, tmp_path)
        os.kill(paused.pid, signal.SIGCONT)
        wait_for(lambda: everything(stage_, tmp_path) > before)
        assert any(numbers != sorted(set(numbers)) for numbers in stage_.sent().values())
