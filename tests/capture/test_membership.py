"""The capture group on a real broker: who polls what, and who may still write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import pytest
import stamina

from schemas import codec
from schemas.codec import decode, encode
from schemas.errors import FatalError, SchemaError
from schemas.framing import SingleObject
from schemas.records import Cursor, DeadLetter, Outcome
from streams.capture import membership
from streams.clients import producer, read_to_end
from streams.topics import partition_of
from tests.capture.deployment import CONNECTIONS, PARTITIONS, WITHIN_S, Deployment, deploy, until
from tests.fakes.framing import LateFraming

pytestmark = [pytest.mark.anyio, pytest.mark.broker]


@pytest.fixture(autouse=True)
def _framing() -> Iterator[None]:
    yield
    codec.use(SingleObject())


@pytest.fixture
def deployment(broker: str, topic: Callable[..., str]) -> Deployment:
    """Poll often."""
    return deploy(broker, topic)


async def test_every_flow_of_every_connection_is_polled_into_its_partition(deployment: Deployment) -> None:
    """Both sides, the enabled flows, a snapshot each, then what changes."""
    async with deployment.member():
        await until(lambda: len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)
        deployment.sides["b", "erp"].put("contact", {"name": "Bob"}, id_="2")
        await until(lambda: any(change.id == "2" for change in deployment.changes()))
    assert {(change.connection, change.side) for change in deployment.changes() if change.id == "1"} == set(deployment.sides)
    for number in range(PARTITIONS):
        for message in read_to_end(deployment.settings.kafka, deployment.names.changes, number):
            record = decode(message.value())
            assert partition_of(getattr(record, "connection", "").encode(), PARTITIONS) == number


async def test_an_account_that_does_not_answer_is_not_polled_and_holds_nobody(deployment: Deployment) -> None:
    """Its own flows begin when it does."""
    away = deployment.sides["a", "keap"]
    away.checks += [["keap: away"]] * 10**3
    with stamina.set_testing(False):  # it has to wait as it does, for ever
        async with deployment.member():
            await until(lambda: len(deployment.marks()) == (len(CONNECTIONS) * 2 - 1) * 2)
            assert away.count("page") == 0
            away.checks.clear()
            await until(lambda: len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)


async def test_a_successor_publishes_nothing_again(deployment: Deployment) -> None:
    """It takes the inventory and the snapshots over."""
    for _ in range(2):
        async with deployment.member():
            await until(lambda: len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)
            polled = {key: side.count("page") for key, side in deployment.sides.items()}
            await until(lambda: all(side.count("page") > polled[key] for key, side in deployment.sides.items()))  # noqa: B023
    assert len(deployment.changes()) == len(CONNECTIONS) * 2
    assert len(deployment.marks()) == len(CONNECTIONS) * 2 * 2


async def test_partitions_are_shared_and_handed_over(deployment: Deployment) -> None:
    """A second poller takes some of them, and gives them back when it stops."""
    async with deployment.member() as first:
        await until(lambda: len(first._partitions) == PARTITIONS)
        async with deployment.member() as second:
            await until(lambda: (len(first._partitions), len(second._partitions)) == (1, 1))
        await until(lambda: len(first._partitions) == PARTITIONS)
        deployment.sides["a", "keap"].put("contact", {"name": "Bob"}, id_="2")
        deployment.sides["c", "keap"].put("contact", {"name": "Bob"}, id_="2")
        await until(lambda: sum(change.id == "2" for change in deployment.changes()) >= 2)


async def test_a_poller_that_was_paused_cannot_write_beside_its_successor(deployment: Deployment) -> None:
    """It is fenced, and ends."""
    stale = deployment.joined()
    running = asyncio.create_task(stale.run())
    await until(lambda: len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)
    for number in range(PARTITIONS):
        client = producer(deployment.settings.kafka, f"{deployment.names.group}-{number}")
        await asyncio.to_thread(client.init_transactions, 30)
    before = len(deployment.changes())
    deployment.sides["a", "keap"].put("contact", {"name": "Bob"}, id_="2")
    with pytest.raises(FatalError, match="another worker took over"):
        await asyncio.wait_for(running, WITHIN_S)
    assert len(deployment.changes()) == before


async def test_ids_of_our_own_creates_enter_the_inventory(deployment: Deployment) -> None:
    """Through outcomes, before any poll shows them; garbage among them is the sync stage's."""
    outcome = Outcome("c1", "a", "L1", 1, "keap", "contact", "applied", at=1, calls=1, id="77", record={})
    place = partition_of(b"a", PARTITIONS)
    client = producer(deployment.settings.kafka)
    client.produce(deployment.names.outcomes, b"garbage", b"L1", partition=place)
    client.produce(deployment.names.outcomes, encode(outcome), outcome.key, partition=place)
    client.flush(30)

    async with deployment.member():
        await until(lambda: deployment.knows("77"))
    assert all(change.id != "77" for change in deployment.changes())


async def test_an_outcome_that_cannot_be_read_yet_is_waited_for(deployment: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pollers go on meanwhile; once its schema is told its id enters the inventory."""
    monkeypatch.setattr(membership, "HOLD_S", 0.05)
    late = LateFraming(Outcome)
    codec.use(late)
    outcome = Outcome("c1", "a", "L1", 1, "keap", "contact", "applied", at=1, calls=1, id="77", record={})
    client = producer(deployment.settings.kafka)
    client.produce(deployment.names.outcomes, encode(outcome), outcome.key, partition=partition_of(b"a", PARTITIONS))
    client.flush(30)
    async with deployment.member():
        await until(lambda: late.asked > 2 and len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)
        assert not deployment.knows("77")
        late.told = True
        await until(lambda: deployment.knows("77"))


async def test_cursors_that_cannot_be_read_yet_are_waited_for(deployment: Deployment) -> None:
    """Nothing is polled without them, or buried; a stop ends the wait."""
    late = LateFraming(Cursor)
    codec.use(late)
    cursor = Cursor("a", "keap", "contact", chunk=1, entries={"77": b""})
    client = producer(deployment.settings.kafka)
    for number in range(PARTITIONS):
        client.produce(deployment.names.cursors, encode(cursor), cursor.key, partition=number)
    client.flush(30)
    with stamina.set_testing(False):  # it has to wait as it does, for ever
        async with deployment.member():
            await until(lambda: late.asked > 2)
    assert deployment.read(deployment.names.changes) == deployment.read(deployment.names.dead_letters) == []
    late.told = True
    async with deployment.member():
        await until(lambda: len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)


async def test_garbage_among_the_cursors_is_buried_once(deployment: Deployment) -> None:
    """A dead letter with the original bytes, and a tombstone; the pollers go on."""
    client = producer(deployment.settings.kafka)
    client.produce(deployment.names.cursors, b"garbage", b"a/keap/contact/0", partition=0)
    client.flush(30)
    for _ in range(2):
        async with deployment.member():
            await until(lambda: len(deployment.marks()) == len(CONNECTIONS) * 2 * 2)
    letters = [record for record in deployment.read(deployment.names.dead_letters) if isinstance(record, DeadLetter)]
    assert [(letter.value_bytes, letter.error, letter.stage) for letter in letters] == [(b"garbage", SchemaError.__name__, "capture")]


async def test_refused_credentials_end_the_process_with_a_sentence(deployment: Deployment) -> None:
    """The supervisor decides what comes next."""
    deployment.sides["a", "keap"].fail("page", FatalError("credentials refused: keap"))
    member = deployment.joined()
    with pytest.raises(FatalError, match="credentials refused"):
        await asyncio.wait_for(member.run(), WITHIN_S)


async def test_one_failing_flow_does_not_stop_the_others(deployment: Deployment) -> None:
    """Whatever its records lead to."""
    deployment.sides["a", "keap"].fail("page", *(KeyError("a defect of a connector") for _ in range(2)))
    async with deployment.member():
        await until(lambda: len(deployment.marks()) >= len(CONNECTIONS) * 2 * 2 - 2)
