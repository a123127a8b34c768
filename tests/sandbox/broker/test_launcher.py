"""The broker launcher, on a broker of its own."""

import signal
import subprocess
import sys
import uuid
from pathlib import Path

from confluent_kafka.admin import AdminClient

from sandbox.broker.configuration import free_port
from tests.broker import create_topics, start_broker, stop_broker


def test_topics_survive_a_killed_broker(tmp_path: Path) -> None:
    """A broker that was killed starts again on the same directory and still has its topics."""
    port = free_port()
    name = f"kept-{uuid.uuid4().hex[:8]}"
    child = start_broker(str(tmp_path), port)
    create_topics(f"127.0.0.1:{port}", {name: 3})
    child.kill()
    assert child.wait(10) == -signal.SIGKILL

    again = start_broker(str(tmp_path), port)
    topics = AdminClient({"bootstrap.servers": f"127.0.0.1:{port}"}).list_topics(timeout=10).topics
    stop_broker(again)

    assert len(topics[name].partitions) == 3


def test_a_taken_port_is_named(broker: str, tmp_path: Path) -> None:
    """A port that somebody uses ends the launcher with one sentence that names it."""
    port = broker.rpartition(":")[2]
    command = [sys.executable, "-m", "sandbox.broker", "--data", str(tmp_path), "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr
