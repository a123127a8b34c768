"""What happens to the system in a storm. A harm lasts as long as its call, and leaves everything running again, or on its way."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import httpx

from sandbox.chaos.second import Second, pause_beside
from sandbox.chaos.system import PARTS, RECEIVER, STAGES, System
from schemas.flows import SIDES, Side

ZOMBIE_S = 12.0
"""Longer than any session (10 s)."""
TRIES = 3
"""The worker that a harm was meant for may end by itself amid it, as after another harm."""
FAULTS = {"throttle": 0.05, "error_before": 0.1, "error_after": 0.1, "drop_reply": 0.1, "latency_ms": (0, 150)}


@dataclass(frozen=True, slots=True)
class Harm:
    """One kind of harm.

    Attributes:
        do: returns whether it found something to harm.
    """

    name: str
    do: Callable[[System, Random], bool]

    def befall(self, system: System, random: Random) -> bool:
        """Do it; a harm that found nothing tries again at once, a few times. Returns whether it was done."""
        return any(self.do(system, random) for _ in range(TRIES))


def kills() -> list[Harm]:
    """Return one kill -9 of each kind of process."""
    return [_kill(name) for name in (*STAGES, RECEIVER, "run", *PARTS)]


def pauses() -> list[Harm]:
    """Return one pause of each worker, longer than its session: it wakes up beside its successor."""
    return [_pause(stage) for stage in STAGES]


def disturbances(*, broker_s: float = 10.0, spell_s: float = 6.0, beside_s: float = 6.0) -> list[Harm]:
    """Return everything else once.

    Args:
        broker_s: how long the broker is stopped (seconds).
        spell_s: how long faults are on (seconds).
        beside_s: how long second workers stay once they took over (seconds).
    """
    return [
        _stop_the_broker(broker_s),
        *(_faults(side, spell_s) for side in SIDES),
        Harm("delete the data directory", _delete_data),
        *(_second(stage, beside_s) for stage in STAGES),
    ]


def _kill(name: str) -> Harm:
    return Harm(f"kill {name}", lambda system, _: system.kill(name))


def _pause(stage: str) -> Harm:
    return Harm(f"pause {stage}", lambda system, _: pause_beside(system, stage, ZOMBIE_S))


def _stop_the_broker(seconds: float) -> Harm:
    def do(system: System, _: Random) -> bool:
        system.pause("broker", seconds)
        return True

    return Harm("stop the broker", do)


def _faults(side: Side, spell_s: float) -> Harm:
    def do(system: System, random: Random) -> bool:
        url = f"{(system.stack.keap if side == 'keap' else system.stack.erp).url}/_sandbox/faults"
        httpx.put(url, json={"seed": random.randrange(1 << 30), **FAULTS}).raise_for_status()
        time.sleep(spell_s)
        httpx.put(url, json={}).raise_for_status()
        return True

    return Harm(f"faults of {side}", do)


def _delete_data(system: System, _: Random) -> bool:
    system.kill_workers()
    shutil.rmtree(system.stack.settings.data_dir, ignore_errors=True)  # the first worker may not have made it yet
    system.run()
    return True


def _second(stage: str, beside_s: float) -> Harm:
    """Let a second worker join a stage and leave it, in order or not."""

    def do(system: System, random: Random) -> bool:
        second = Second(system, stage)
        taken = second.takes_over(second.began)
        time.sleep(beside_s)
        second.leave(orderly=random.random() < 0.5)  # noqa: PLR2004
        return taken

    return Harm(f"second {stage}", do)
