"""Whether all is quiet can be told through whatever happens to the broker."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.broker.configuration import free_port
from sandbox.broker.jars import install_jars
from sandbox.demo.quiet import UNKNOWN, Ends
from streams.admin import create_topics
from streams.settings import Settings
from tests.broker import start_broker, stop_broker

pytestmark = pytest.mark.broker
LOOKS = 50


def test_the_topics_ends_are_seen_again_after_the_broker_was_killed(tmp_path: Path) -> None:
    """A client that knew the broker before is refused for ever: another one looks."""
    install_jars()
    port = free_port()
    broker = start_broker(str(tmp_path), port)
    try:
        settings = Settings(kafka=f"127.0.0.1:{port}")
        create_topics(settings)
        ends = Ends(settings)
        assert any(ends.look() != UNKNOWN for _ in range(LOOKS))
        broker.kill()
        broker.wait()
        broker = start_broker(str(tmp_path), port)

        assert any(ends.look() != UNKNOWN for _ in range(LOOKS))
    finally:
        stop_broker(broker)
