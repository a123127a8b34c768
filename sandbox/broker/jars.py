"""Fetch the broker's jars with Maven into a cache directory, once.

A version's directory appears whole or not at all, so that several processes may ask at the same time.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(".keapsync/kafka")


class BrokerError(RuntimeError):
    """The broker cannot be installed or started; the message says why."""


def install_jars(cache: Path = CACHE) -> Path:
    """Make sure that the jars are there.

    Args:
        cache: directory that holds one directory of jars per Kafka version.

    Returns:
        The directory with the jars.

    Raises:
        BrokerError: Maven is missing or could not resolve the coordinates.
    """
    jars = cache.resolve() / _version()
    if jars.is_dir():
        return jars
    with locked(cache):
        if not jars.is_dir():
            _copy(jars)
    return jars


@contextmanager
def locked(cache: Path) -> Iterator[None]:
    """Let one process at a time put something into the cache: the next waits here, then finds it."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _version() -> str:
    version = ET.parse(POM).findtext("dependencies/dependency/version")  # noqa: S314  # our own file
    if version is None:
        raise BrokerError(f"{POM}: no version of the broker")
    return version


def _copy(jars: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError("Maven (mvn) is not installed: it fetches the broker's jars")
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=jars.parent))
    goal = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={partial}"]
    try:
        done = subprocess.run([*goal, "-DincludeScope=runtime"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise BrokerError(f"Maven could not fetch the broker's jars:\n{done.stdout}{done.stderr}")
        partial.rename(jars)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
