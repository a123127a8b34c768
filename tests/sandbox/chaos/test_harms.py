"""A harm happens, or the report says that it did not."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from threading import Timer

import pytest

from console.supervise.state_file import note
from sandbox.chaos.harms import TRIES, Harm
from sandbox.chaos.storm import idle
from sandbox.chaos.system import RECEIVER, Remembering, System


@pytest.fixture
def system(tmp_path: Path) -> Iterator[System]:
    """Yield a system that is not started."""
    with System(tmp_path) as made:
        yield made


def test_a_harm_that_found_nothing_tries_again(system: System) -> None:
    """Until it finds something, or a few times."""
    found = iter([False, True])
    tries = itertools.count()

    assert Harm("kill sync", lambda _system, _random: next(found)).befall(system, Random(1))
    assert not Harm("kill sync", lambda _system, _random: next(tries) < 0).befall(system, Random(1))
    assert next(tries) == TRIES


def test_a_harm_that_never_happened_is_told() -> None:
    """A storm that left it out is no good storm."""
    harms = [Harm(name, lambda _system, _random: True) for name in ("kill sync", "pause sync")]

    assert idle(harms, {"kill sync"}) == ["pause sync: found nothing to harm"]


def test_a_worker_between_two_lives_is_waited_for(system: System) -> None:
    """Its supervisor brings it back in a moment."""
    timer = Timer(0.2, note, (system.stack.state, {"sync": os.getpid()}))
    timer.start()
    worker = system.living("sync")
    timer.join()

    assert worker is not None
    assert worker.pid == os.getpid()


def test_only_what_was_alive_was_killed(system: System) -> None:
    """What is between two lives is no kill."""
    assert not system.slay("sync", None)
    assert system.kills.total() == 0


def test_the_receiver_of_hooks_comes_back(tmp_path: Path) -> None:
    """No supervisor keeps it, but a service manager would; whatever else ends by itself ends the storm."""
    processes = Remembering(tmp_path)
    first, other = processes.start(RECEIVER, "--help"), processes.start("keap", "--help")
    for process in processes.running.values():
        process.wait()

    assert "keap ended with exit code 0" in (processes.ended() or "")
    assert processes.running[RECEIVER].pid != first
    assert processes.running["keap"].pid == other
    processes.end()
