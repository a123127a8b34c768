"""Fetch the broker's jars with Maven into a cache directory, once."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from xml.etree import ElementTree as ET

from sandbox.broker.once import make_once

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
    return make_once(cache.resolve() / _version(), _copy)


def _version() -> str:
    version = ET.parse(POM).findtext("dependencies/dependency/version")  # noqa: S314  # our own file
    if version is None:
        raise BrokerError(f"{POM}: no version of the broker")
    return version


def _copy(jars: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise BrokerError("Maven (mvn) is not installed: it fetches the broker's jars")
    goal = [maven, "-q", "-B", "-f", str(POM), "dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
    done = subprocess.run([*goal, "-DincludeScope=runtime"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BrokerError(f"Maven could not fetch the broker's jars:\n{done.stdout}{done.stderr}")
