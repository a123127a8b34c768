"""What happens to the system in a storm. A harm lasts as long as its call, and leaves everything running again, or on its way."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

import httpx

from sandbox.chaos.system import PARTS, STAGES, System
from schemas.flows import SIDES, Side

SPELL_S = 6.0
"""How long faults are on and second workers stay."""
FAULTS = {"throttle": 0.05, "error_before": 0.1, "error_after": 0.1, "drop_reply": 0.1, "latency_ms": (0, 150)}


@dataclass(frozen=True, slots=True)
class Harm:
    """One kind of harm."""

    name: str
    do: Callable[[System, Random], None]


def kills() -> list[Harm]:
    """Return one kill -9 of each kind of process."""
    return [_kill(name) for name in (*STAGES, "run", *PARTS)]


def all_harms(broker_pause_s: float = 10.0) -> list[Harm]:
    """Return every harm once."""
    return [
        *kills(),
        Harm("stop the broker", lambda system, _: system.pause("broker", broker_pause_s)),
        *(_faults(side) for side in SIDES),
        Harm("delete the data directory", _delete_data),
        *(_second(stage) for stage in STAGES),
    ]


def _kill(name: str) -> Harm:
    return Harm(f"kill {name}", lambda system, _: system.kill(name))


def _faults(side: Side) -> Harm:
    def do(system: System, random: Random) -> None:
        url = f"{(system.stack.keap if side == 'keap' else system.stack.erp).url}/_sandbox/faults"
        httpx.put(url, json={"seed": random.randrange(1 << 30), **FAULTS}).raise_for_status()
        time.sleep(SPELL_S)
        httpx.put(url, json={}).raise_for_status()

    return Harm(f"faults of {side}", do)


def _delete_data(system: System, _: Random) -> None:
    system.kill_workers()
    shutil.rmtree(system.stack.settings.data_dir)
    system.run_again()


def _second(stage: str) -> Harm:
    """Let a second worker join a stage and leave it, in order or not."""

    def do(system: System, random: Random) -> None:
        name = system.join(stage)
        time.sleep(SPELL_S)
        system.leave(name, orderly=random.random() < 0.5)  # noqa: PLR2004

    return Harm(f"second {stage}", do)
