"""Fetch the registry's archive with Maven into a cache directory, once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

from sandbox.broker.once import make_once

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
    return make_once(cache.absolute() / _version(), _unpack)


def _version() -> str:
    version = ET.parse(POM).findtext(_VERSION)  # noqa: S314  # our own file
    if version is None:
        raise RegistryError(f"{POM}: no version of the registry")
    return version


def _unpack(installed: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise RegistryError("Maven (mvn) is not installed: it fetches the schema registry")
    goal = [maven, "-q", "-B", "-f", str(POM), "dependency:unpack", f"-DoutputDirectory={installed}"]
    done = subprocess.run(goal, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RegistryError(f"Maven could not fetch the schema registry:\n{done.stdout}{done.stderr}")
