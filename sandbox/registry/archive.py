"""Fetch the registry's archive with Maven into a cache directory, once.

A version's directory appears whole or not at all, so that several processes may ask at the same time.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(".keapsync/apicurio")
_VERSION = ".//{*}artifactItem/{*}version"


class RegistryError(RuntimeError):
    """The registry cannot be installed or started; the message says why."""


def install_archive(cache: Path = CACHE) -> Path:
    """Make sure that the registry is there.

    Args:
        cache: directory that holds one directory per version.

    Returns:
        The directory with its jars.

    Raises:
        RegistryError: Maven is missing or could not resolve the coordinates.
    """
    installed = cache.absolute() / _version()
    if installed.is_dir():
        return installed
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # the second process waits here, then finds it
        if not installed.is_dir():
            _unpack(installed)
    return installed


def _version() -> str:
    version = ET.parse(POM).findtext(_VERSION)  # noqa: S314  # our own file
    if version is None:
        raise RegistryError(f"{POM}: no version of the registry")
    return version


def _unpack(installed: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise RegistryError("Maven (mvn) is not installed: it fetches the schema registry")
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=installed.parent))
    goal = [maven, "-q", "-B", "-f", str(POM), "dependency:unpack", f"-DoutputDirectory={partial}"]
    try:
        done = subprocess.run(goal, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RegistryError(f"Maven could not fetch the schema registry:\n{done.stdout}{done.stderr}")
        partial.rename(installed)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
