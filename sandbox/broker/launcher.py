"""Run one KRaft broker in the foreground.

The Python process *becomes* the broker (exec): its pid, its signals and its exit code are the broker's own, and a
kill -9 leaves nothing behind.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
from pathlib import Path
from typing import NoReturn

from sandbox.broker.blank import CLASSES, copy_blank, make_blank
from sandbox.broker.configuration import HOST, META, write_properties
from sandbox.broker.jars import CACHE, BrokerError, install_jars

# A broker of one machine, which mostly starts and ends: the second compiler would cost more than it gains. Ready in about 3 s.
JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xlog:disable", "-Xlog:all=error:stderr")
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
    jars = install_jars(cache)
    command = [*JVM, QUIET, "-cp", f"{jars}/*"]
    blank = make_blank(jars, [java, *command])
    data.mkdir(parents=True, exist_ok=True)
    properties = write_properties(data, port, also)
    if not (data / "logs" / META).exists():
        copy_blank(blank, data)
    sys.stdout.flush()
    sys.stderr.flush()
    classes = f"-XX:SharedArchiveFile={blank / CLASSES}"
    os.execv(java, [java, classes, *command, "kafka.Kafka", str(properties)])  # noqa: S606  # the broker takes this process over


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise BrokerError(f"{HOST}:{port} cannot be used: {error.strerror}") from error
