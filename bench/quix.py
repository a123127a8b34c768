"""Quix Streams needs a confluent-kafka older than the one our engine is made for: it gets a virtual environment of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from bench.processes import BenchError

FOLDER = Path(".keapsync/bench/quix")
REQUIREMENTS = Path(__file__).parent / "loops" / "quix.txt"


def release() -> str:
    """Return the library's name and the version that is asked for."""
    pinned = next(line for line in REQUIREMENTS.read_text().splitlines() if line.startswith("quixstreams=="))
    return pinned.replace("==", " ")


def python() -> str:
    """Return the interpreter of that environment, made when it is missing."""
    interpreter, stamp = FOLDER / "bin" / "python", FOLDER / "requirements.txt"
    wanted = REQUIREMENTS.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        commands = (
            [sys.executable, "-m", "venv", str(FOLDER)],
            [str(interpreter), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS)],
        )
        for command in commands:
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode:
                raise BenchError(f"Quix Streams cannot be installed:\n{done.stderr}")
        stamp.write_text(wanted)
    return str(interpreter.absolute())
