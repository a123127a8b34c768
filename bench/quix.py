"""Quix Streams needs a confluent-kafka older than the one our engine is made for: its group gets a virtual environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from bench.processes import ROOT, BenchError

FOLDER = Path(".keapsync/bench/quix")
GROUP = "quix"
"""Of `[dependency-groups]` (PEP 735), which pip reads since 25.1 only."""
TOLD = ("quixstreams", "confluent-kafka")
"""What a figure has to be read with: the client brings a librdkafka of its own."""


def release() -> tuple[str, ...]:
    """Return the versions that are asked for."""
    pins = dict(each.split("==") for each in _requirements() if "==" in each)
    return tuple(f"{name} {pins[name]}" + (" of its own" if name != TOLD[0] else "") for name in TOLD)


def python() -> str:
    """Return the interpreter of that environment, made when it is missing."""
    interpreter, stamp = FOLDER / "bin" / "python", FOLDER / "requirements.txt"
    requirements = _requirements()
    wanted = "\n".join(requirements)
    if not stamp.exists() or stamp.read_text() != wanted:
        commands = (
            [sys.executable, "-m", "venv", str(FOLDER)],
            [str(interpreter), "-m", "pip", "install", "--quiet", *requirements],
        )
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise BenchError(f"Quix Streams cannot be installed:\n{done.stderr}")
        stamp.write_text(wanted)
    return str(interpreter.absolute())


def _requirements() -> list[str]:
    groups: dict[str, list[str]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    return groups[GROUP]
