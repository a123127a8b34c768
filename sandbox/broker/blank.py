"""What every broker begins with: an empty, formatted directory, and the classes that one loads when it starts.

Both are made once per version, by one run of Kafka's own tool. To copy the one and to map the other
(https://docs.oracle.com/en/java/javase/17/vm/class-data-sharing.html) spares each broker half of its start.
"""

from __future__ import annotations

import base64
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sandbox.broker.configuration import META, write_properties
from sandbox.broker.jars import BrokerError
from sandbox.broker.once import make_once

CLASSES: Final = "classes.jsa"
CLUSTER: Final = "cluster.id="


def make_blank(jars: Path, java: Sequence[str]) -> Path:
    """Return the directory with `logs`, to be copied, and the classes; made when it is not there.

    Args:
        jars: those of the version; what is made stands beside them.
        java: the command that runs a class of them.

    Raises:
        BrokerError: Kafka's tool cannot format a directory.
    """
    return make_once(jars.with_name(f"{jars.name}.blank"), lambda blank: _format(blank, java))


def copy_blank(blank: Path, data: Path) -> None:
    """Give a broker its formatted directory, under an identity of its own; whole or not at all."""
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=data))
    shutil.copytree(blank / "logs", partial / "logs")
    meta = partial / "logs" / META
    said = (f"{CLUSTER}{_cluster()}" if line.startswith(CLUSTER) else line for line in meta.read_text().splitlines())
    meta.write_text("".join(f"{line}\n" for line in said))
    (partial / "logs").rename(data / "logs")
    partial.rmdir()


def _format(blank: Path, java: Sequence[str]) -> None:
    first, *more = java
    tool = ["kafka.tools.StorageTool", "format", f"--cluster-id={_cluster()}", "--config", str(write_properties(blank, 0))]
    noted = f"-XX:ArchiveClassesAtExit={blank / CLASSES}"
    done = subprocess.run([first, noted, *more, *tool], capture_output=True, text=True, check=False)
    if done.returncode:
        raise BrokerError(f"Kafka cannot format {blank}:\n{done.stdout}{done.stderr}")


def _cluster() -> str:
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
