"""Run one KRaft broker in the foreground.

The Python process *becomes* the broker (exec): its pid, its signals and its exit code are the broker's own, and a
kill -9 leaves nothing behind.
"""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import sys
import uuid
from pathlib import Path
from typing import NoReturn

from sandbox.broker.configuration import HOST, write_properties
from sandbox.broker.jars import CACHE, BrokerError, install_jars

# A broker of one machine, which mostly starts and ends: the second compiler would cost more than it gains. Ready in about 4 s.
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
QUIET = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error"


def run_broker(data: Path, port: int, cache: Path = CACHE, also: Path | None = None) -> NoReturn:
    """Replace this process by a broker on 127.0.0.1:`port`.

    Args:
        data: its directory; created and formatted when new, reused when it was formatted before.
        port: the port clients connect to.
        cache: where the jars are kept.
        also: a file of more broker properties, such as listeners that ask for TLS or SASL.

    Raises:
        BrokerError: Java or Maven is missing, the port is taken, or the directory cannot be formatted.
    """
    java = shutil.which("java")
    if java is None:
        raise BrokerError("Java is not installed: the broker needs a Java 17 runtime")
    _require_free(port)
    command = [java, *JVM, QUIET, "-cp", f"{install_jars(cache)}/*"]
    data.mkdir(parents=True, exist_ok=True)
    properties = write_properties(data, port, also)
    if not (data / "logs" / "meta.properties").exists():
        _format(command, properties)
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(java, [*command, "kafka.Kafka", str(properties)])  # noqa: S606  # the broker takes this process over


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise BrokerError(f"{HOST}:{port} cannot be used: {error.strerror}") from error


def _format(command: list[str], properties: Path) -> None:
    cluster = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
    goal = ["kafka.tools.StorageTool", "format", "--standalone", f"--cluster-id={cluster}", "--config", str(properties)]
    done = subprocess.run([*command, *goal], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BrokerError(f"{properties.parent} cannot be formatted:\n{done.stdout}{done.stderr}")
