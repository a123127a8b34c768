"""A worker's start: every fault is one sentence, a non-zero exit code, and no traceback."""

import subprocess
import time
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from sandbox.broker.configuration import free_port
from schemas.errors import ConfigurationError
from streams.engine.versions import PINNED, require_versions
from tests.engine.counting import command
from tests.engine.polling import wait_for
from tests.engine.stage import PARTITIONS, stage

pytestmark = pytest.mark.broker

COUNTING = "tests.engine.counting"


def ask(port: int, path: str) -> tuple[int, str]:
    """Return the status and the text of an answer, 0 when nobody answers."""
    try:
        answer = httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5)
    except httpx.TransportError as error:
        return 0, str(error)
    return answer.status_code, answer.text


def test_a_broker_out_of_reach_is_named(broker: str, tmp_path: Path):
    """Without a broker the worker ends within seconds and says where it looked."""
    nowhere = f"127.0.0.1:{free_port()}"
    with stage(broker, tmp_path) as counting:
        settings = replace(counting.settings, bootstrap=nowhere, start_timeout_s=2.0)
        began = time.monotonic()
        done = subprocess.run(command(COUNTING, settings, out="out"), capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode not in {0, 70}
    assert f"Kafka at {nowhere} cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr
    assert time.monotonic() - began < 20


def test_missing_and_misshapen_topics_are_all_named(broker: str, tmp_path: Path):
    """Every topic that is missing or has another number of partitions is named at once; nothing is written."""
    with stage(broker, tmp_path) as counting:
        settings = replace(counting.settings, topics=(*counting.topics, "nowhere"), partitions=3, outputs=("nothing",))
        done = subprocess.run(command(COUNTING, settings, out="out"), capture_output=True, text=True, check=False, timeout=60)
        for topic in (*counting.topics, counting.changelog):
            assert f"topic {topic} has {PARTITIONS} partitions, 3 are configured" in done.stderr
    assert "topic nowhere does not exist" in done.stderr
    assert "topic nothing does not exist" in done.stderr
    assert done.returncode not in {0, 70}


def test_health_tells_when_the_worker_is_ready(broker: str, tmp_path: Path):
    """Alive while the process runs; ready once partitions are recovered; anything else is not found."""
    port = free_port()
    with stage(broker, tmp_path, health_port=port) as counting:
        worker = counting.start()
        wait_for(lambda: ask(port, "/readyz") == (200, "ready\n"))
        assert ask(port, "/livez") == (200, "alive\n")
        assert ask(port, "/")[0] == 404
        worker.kill()
        worker.wait()
        assert ask(port, "/livez")[0] == 0


def test_other_library_versions_are_refused():
    """A library that differs from the one the engine was tested with is named."""
    require_versions()
    with pytest.raises(ConfigurationError, match=r"aiokafka .* 0\.1") as caught:
        require_versions(PINNED | {"aiokafka": "0.1"})
    assert len(caught.value.faults) == 1
