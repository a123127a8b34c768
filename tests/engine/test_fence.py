"""The fence: a worker that is paused beyond its session and goes on beside its successor changes nothing."""

import os
import signal
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


@pytest.mark.parametrize("fault", ["pauses in a decision", "pauses in a call"])
def test_a_paused_worker_beside_its_successor_changes_nothing(fault: str, broker: str, tmp_path: Path):
    """Stopped with work in hand, continued when another one has done that work: it is refused and exits, nothing of it is seen.

    Both have the same directory: the paused one holds the locks of its stores, and its files go on under the successor's.
    """
    with stage(broker, tmp_path, "tests.engine.misbehaving") as paused:
        pause = tmp_path / PAUSE
        pause.touch()
        for number in range(5):
            for key in KEYS:
                paused.send(key, number)
        paused.flush()
        zombie = paused.start(directory="shared", fault=fault)
        wait_for(lambda: not pause.exists())
        successor = paused.start(directory="shared", fault=fault)
        assert paused.await_sent(5 * len(KEYS)) == {key: list(range(5)) for key in KEYS}
        before = everything(paused, tmp_path)
        os.kill(zombie.pid, signal.SIGCONT)
        assert zombie.wait(30) == 70
        assert "another worker took over" in paused.log("shared")
        assert everything(paused, tmp_path) == before
        for key in KEYS:
            paused.send(key, 5)
        paused.flush()
        assert paused.await_sent(6 * len(KEYS)) == {key: list(range(6)) for key in KEYS}
        assert successor.poll() is None
