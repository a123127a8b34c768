"""Run one registry in the foreground, its schemas in a file.

The Python process *becomes* the registry (exec): its pid, its signals and its exit code are the registry's own.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import NoReturn

from sandbox.registry.archive import CACHE, RegistryError, install_archive

HOST = "127.0.0.1"
PATH = "/apis/ccompat/v7"
"""Where its Confluent-compatible API lies."""
JVM = ("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")  # one machine, a few calls; ready in about 5 s


def run_registry(data: Path, port: int, cache: Path = CACHE) -> NoReturn:
    """Replace this process by a registry on 127.0.0.1:`port`.

    Args:
        data: directory of its database, created when new.
        port: the port clients connect to.
        cache: where the archive is kept.

    Raises:
        RegistryError: Java or Maven is missing.
    """
    java = shutil.which("java")
    if java is None:
        raise RegistryError("Java is not installed: the registry needs a Java 17 runtime")
    (jar,) = install_archive(cache).glob("*-runner.jar")
    data.mkdir(parents=True, exist_ok=True)
    environment = {
        "QUARKUS_HTTP_HOST": HOST,
        "QUARKUS_HTTP_PORT": str(port),
        # H2 writes up to a second late by default: a schema registered just before a kill -9 would be gone.
        "APICURIO_DATASOURCE_URL": f"jdbc:h2:file:{data.absolute() / 'schemas'};WRITE_DELAY=0",
        "QUARKUS_LOG_CONSOLE_LEVEL": "ERROR",
        "QUARKUS_BANNER_ENABLED": "false",
    }
    sys.stdout.flush()
    sys.stderr.flush()
    os.execve(java, [java, *JVM, "-jar", str(jar)], os.environ | environment)  # noqa: S606  # the registry takes this process over
