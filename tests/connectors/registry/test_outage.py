"""The registry is away: what is known goes on, what is not waits, nothing is refused."""

from __future__ import annotations

import time

import pytest

from connectors.registry import Confluent, Registry
from sandbox.broker.configuration import free_port
from schemas.codec import decode, encode
from schemas.errors import ConfigurationError, RetriableError
from tests.connectors.registry.newer import CHANGE, write_newer
from tests.connectors.registry.test_framing import read
from tests.engine.polling import wait_for
from tests.registry import RunningRegistry


def test_what_is_known_goes_on_and_what_is_not_waits(framing: Confluent, registry: RunningRegistry) -> None:
    """Registry stopped: known schemas write and read, an unknown one is neither read nor refused until it is back."""
    former, known, unknown = write_newer(registry.url), encode(CHANGE), write_newer(registry.url)
    assert wait_for(lambda: read(former), 20) == CHANGE
    registry.stop()
    try:
        assert decode(known) == decode(former) == decode(encode(CHANGE)) == CHANGE
        for _ in range(3):
            with pytest.raises(RetriableError):
                decode(unknown)
    finally:
        registry.start()
    assert wait_for(lambda: read(unknown), 30) == CHANGE


def test_a_registry_that_hangs_blocks_nobody(framing: Confluent, registry: RunningRegistry) -> None:
    """A decode of an unknown schema comes back at once, though the registry takes the call and never answers."""
    known, unknown = encode(CHANGE), write_newer(registry.url)
    registry.pause()
    try:
        began = time.monotonic()
        with pytest.raises(RetriableError):
            decode(unknown)
        assert decode(known) == CHANGE
        assert time.monotonic() - began < 1
    finally:
        registry.go_on()
    assert wait_for(lambda: read(unknown), 30) == CHANGE


def test_a_start_without_the_registry_can_be_tried_again() -> None:
    """Nobody listens: the error says where, hides the password, and lets a supervisor try again."""
    url = f"http://ada:hush@127.0.0.1:{free_port()}"
    with pytest.raises(RetriableError, match=r"registry at http://127.0.0.1:\d+ does not answer") as failed:
        Confluent(Registry(url)).prepare()
    assert "hush" not in str(failed.value)


def test_a_server_that_is_no_registry_is_named(registry: RunningRegistry) -> None:
    """An address beside the registry's API is a fault of the configuration, not an empty registry."""
    with pytest.raises(ConfigurationError, match=r"refuses POST /subjects/keapsync\.Change: 40"):
        Confluent(Registry(f"{registry.url}/nowhere")).prepare()
