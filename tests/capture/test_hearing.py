"""What hooks and operators say reaches the pollers, and what happens when hooks say nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from schemas.codec import encode
from schemas.records import Change, Control, Cursor, Hint, Survey
from streams.clients import producer
from streams.clock import now_ms
from streams.topics import partition_of
from tests.capture.deployment import CONNECTIONS, PARTITIONS, Deployment, deploy, until

pytestmark = [pytest.mark.anyio, pytest.mark.broker]
NEVER_S = 3_600.0


def say(deployment: Deployment, said: Hint | Control) -> None:
    """Put something on the topic it belongs on."""
    client = producer(deployment.settings.kafka)
    topic = deployment.names.hints if isinstance(said, Hint) else deployment.names.control
    client.produce(topic, encode(said), said.key, partition=partition_of(said.connection.encode(), PARTITIONS))
    client.flush(30)


def hint(record_id: str) -> Hint:
    """Return what a hook says of a contact of a's Keap."""
    return Hint("a", "keap", "contact", record_id, "contact.edit", now_ms())


def of(deployment: Deployment, record_id: str) -> list[Change]:
    """Return the changes of a record of a's Keap."""
    return [change for change in deployment.changes() if (change.connection, change.side, change.id) == ("a", "keap", record_id)]


async def ready(deployment: Deployment) -> None:
    """Wait for the snapshots."""
    await until(lambda: len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)


async def test_with_hooks_an_edit_is_captured_without_waiting_for_a_poll(broker: str, topic: Callable[..., str]) -> None:
    """Polls come once an hour; what is unknown or nonsense among the hints is passed over."""
    deployment = deploy(broker, topic, poll_s=NEVER_S, hooks=True)
    async with deployment.member():
        await ready(deployment)
        deployment.sides["a", "keap"].put("contact", {"name": "Bob"}, id_="2")
        say(deployment, Hint("a", "keap", "invoice", "9", "invoice.add", now_ms()))
        say(deployment, hint("999"))
        say(deployment, hint("2"))
        await until(lambda: of(deployment, "2"))
    assert [change.capture for change in of(deployment, "2")] == ["hook"]
    assert [record.hinted for record in deployment.read(deployment.names.cursors) if isinstance(record, Survey)] == [1]


async def test_with_every_hook_dropped_an_edit_is_captured_by_the_next_poll(broker: str, topic: Callable[..., str]) -> None:
    """Hooks that never came make polls no rarer."""
    deployment = deploy(broker, topic, poll_s=0.5, hooks=True)
    async with deployment.member():
        await ready(deployment)
        polls = deployment.sides["a", "keap"].count("page")
        deployment.sides["a", "keap"].put("contact", {"name": "Bob"}, id_="2")
        await until(lambda: of(deployment, "2"))
    assert of(deployment, "2")[0].capture == "poll"
    assert deployment.sides["a", "keap"].count("page") > polls


async def test_an_operator_asks_for_a_sweep(broker: str, topic: Callable[..., str]) -> None:
    """Of one flow of one side; a requested sweep finds what moved no time."""
    deployment = deploy(broker, topic, poll_s=NEVER_S)
    async with deployment.member():
        await ready(deployment)
        deployment.sides["a", "keap"].put("contact", {"name": "silent"}, id_="1", updated_at=1_000)
        say(deployment, Control("c", "a", "sweep", {"side": "keap", "flow": "contact"}, "ann", now_ms()))
        await until(lambda: [mark for mark in deployment.marks() if mark.kind == "sweep"])
    assert [change.capture for change in of(deployment, "1")] == ["poll", "sweep"]
    assert [mark.side for mark in deployment.marks() if mark.kind == "sweep"] == ["keap"]
    assert all(isinstance(record, Cursor | Survey) for record in deployment.read(deployment.names.cursors))
