"""How far the stages are behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.read_model.lag import STAGES, read_lag
from sandbox.broker.configuration import free_port
from sandbox.broker.jars import install_jars
from streams.admin import create_topics
from streams.settings import load
from tests.broker import start_broker, stop_broker

pytestmark = pytest.mark.broker


def test_stages_that_never_ran_are_behind_by_nothing_also_for_a_broker_that_never_had_a_group(tmp_path: Path) -> None:
    """It is asked of a coordinator that is only being made, again and again: what ended the process, now and then, must not."""
    install_jars()
    port = free_port()
    child = start_broker(str(tmp_path / "broker"), port)
    try:
        config = tmp_path / "keapsync.yaml"
        accounts = "".join(f"    {side}: {{url: 'http://127.0.0.1:9', token: secret}}\n" for side in ("keap", "erp"))
        config.write_text(f"kafka: 127.0.0.1:{port}\nconnections:\n  demo:\n{accounts}")
        settings = load(config)
        create_topics(settings)
        assert read_lag(settings) == dict.fromkeys(STAGES, 0)
    finally:
        stop_broker(child)
