"""A supervised worker does not outlive its supervisor."""

from __future__ import annotations

import signal
import subprocess
import sys

WORKER = """
import time
from console.commands.workers import _end_with_supervisor
_end_with_supervisor({})
print("up", flush=True)
time.sleep(60)
"""


def test_a_supervised_worker_stops_as_on_sigterm_when_its_input_closes():
    """However the supervisor went."""
    with subprocess.Popen([sys.executable, "-c", WORKER.format(True)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        assert worker.stdin
        assert worker.stdout.readline() == "up\n"
        worker.stdin.close()
        assert worker.wait(30) == -signal.SIGTERM


def test_one_started_by_hand_does_not_care():
    """Its input may be anything, closed or not."""
    short = WORKER.replace("time.sleep(60)", "time.sleep(0.3)").format(False)
    with subprocess.Popen([sys.executable, "-c", short], stdin=subprocess.DEVNULL) as worker:
        assert worker.wait(30) == 0
