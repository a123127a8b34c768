"""Hints on their way to the broker: answered in time, however many come at once, and whatever the broker does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from sandbox.broker.configuration import free_port
from schemas.codec import decode
from schemas.records import Hint
from streams.clients import read_to_end
from streams.hooks.app import Receiver
from streams.hooks.outbox import Outbox
from streams.hooks.secrets import Secrets
from streams.topics import partition_of

pytestmark = pytest.mark.anyio
PATH, PARTITIONS = "not-to-be-guessed", 3
AT_ONCE = 40
"""Deliveries: Keap alone has twelve subscriptions a connection."""
DELIVERY = {"event_key": "contact.edit", "object_keys": [{"id": "7"}, {"id": "8"}]}


@pytest.fixture
def anyio_backend() -> str:
    """Run coroutine tests on asyncio."""
    return "asyncio"


def hint(number: int) -> Hint:
    """Return what a hook of one of several connections says."""
    return Hint(f"c{number % 5}", "keap", "contact", str(number), "contact.edit", number)


async def test_with_the_broker_away_every_delivery_is_told_in_time_to_come_again(tmp_path: Path) -> None:
    """A delivery that waited for its turn would be late: senders wait for a second."""
    with Outbox(f"127.0.0.1:{free_port()}", PARTITIONS) as outbox:
        app = Receiver(PATH, [("main", "keap")], Secrets(tmp_path), outbox.send).app()

        async def answered() -> tuple[int, float]:
            before = time.monotonic()
            response = await client.post(f"/{PATH}/main/keap", json=DELIVERY)
            return response.status_code, time.monotonic() - before

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://receiver") as client:
            answers = await asyncio.gather(*(answered() for _ in range(AT_ONCE)))
    assert {status for status, _ in answers} == {503}
    assert max(took_s for _, took_s in answers) < 2  # one; a busy machine is forgiven another


@pytest.mark.broker
async def test_what_is_told_as_taken_is_on_the_broker(broker: str, topic: Callable[..., str]) -> None:
    """Many at once, each in its connection's partition."""
    name, hints = topic("hints", partitions=PARTITIONS), [hint(number) for number in range(AT_ONCE * 2)]
    with Outbox(broker, PARTITIONS, name) as outbox:
        async with asyncio.timeout(60):
            while not await outbox.send(hints[:1]):  # the first one waits for connections and leaders
                pass
        assert all(await asyncio.gather(*(outbox.send(hints[first : first + 2]) for first in range(0, len(hints), 2))))
    for place in range(PARTITIONS):
        found = {decode(message.value()).id for message in read_to_end(broker, name, place)}
        assert found == {each.id for each in hints if partition_of(each.connection.encode(), PARTITIONS) == place}


async def test_an_outbox_ends_with_hints_on_their_way() -> None:
    """Nothing of it is left, and no word comes after the end."""
    with Outbox(f"127.0.0.1:{free_port()}", PARTITIONS) as outbox:
        sending = asyncio.create_task(outbox.send([hint(1)]))
        await asyncio.sleep(0)
    assert not await sending
    assert "outbox" not in {thread.name for thread in threading.enumerate()}
