"""The books between processes, one of which is killed."""

from __future__ import annotations

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

from connectors.budget.books import SharedBooks, peek
from connectors.budget.ledger import REST_S

CALLER = """
import asyncio, sys
from pathlib import Path
from connectors.budget import Pacer, Policy
from connectors.budget.books import SharedBooks

async def call():
    pacer = Pacer(Policy(per_second=20), SharedBooks(Path(sys.argv[1])))
    while True:
        print((await pacer.turn()).at, flush=True)

asyncio.run(call())
"""


def test_processes_keep_one_pace_whoever_is_killed(tmp_path: Path):
    """Three call as fast as they may, one is killed without warning: never two calls within a step, and no stop."""
    books = tmp_path / "budget" / "main-keap.json"
    outputs = [tmp_path / f"{number}.txt" for number in range(3)]
    callers = [_start(books, out) for out in outputs]
    try:
        _until(outputs, calls=5)
        callers[0].kill()
        callers[0].wait()
        _until(outputs[1:], calls=20)
    finally:
        for caller in callers:
            caller.kill()
            caller.wait()
    times = sorted(float(line) for out in outputs for line in out.read_text().splitlines()[:-1])
    assert all(later - earlier >= 0.05 - 1e-6 for earlier, later in pairwise(times))


def _start(books: Path, output: Path) -> subprocess.Popen[bytes]:
    with output.open("wb") as file:
        return subprocess.Popen([sys.executable, "-c", CALLER, str(books)], stdout=file)


def _until(outputs: list[Path], calls: int) -> None:
    """Wait until each process has made so many calls."""
    deadline = time.monotonic() + 60
    while any(len(out.read_text().splitlines()) < calls for out in outputs):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_books_that_make_no_sense_are_begun_anew(tmp_path: Path):
    """After a power cut: the account rests for a moment, since nobody knows what was sent."""
    path = tmp_path / "main-keap.json"
    path.write_text('{"granted": 12')
    books = SharedBooks(path)
    with books.open(1000.0) as ledger:
        assert ledger.held_until == 1000 + REST_S
        ledger.granted = 3
    books.close()
    left = peek(path)
    assert left is not None
    assert left.granted == 3


def test_one_at_a_time_has_the_books(tmp_path: Path):
    """The other one is told to come again at once; a loop is never kept waiting."""
    one, other = SharedBooks(tmp_path / "keap.json"), SharedBooks(tmp_path / "keap.json")
    with one.open(1.0):
        try:
            with other.open(1.0):
                raise AssertionError
        except BlockingIOError:
            pass
    with other.open(1.0) as ledger:
        assert ledger.at == 1.0
    one.close()
    other.close()
