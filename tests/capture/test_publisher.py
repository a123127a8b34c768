"""What leaves a partition, and in which company."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from schemas.records import Change, DeadLetter
from streams.capture.position import Fresh
from streams.topics import CHANGES, DEAD_LETTERS
from tests.capture.conftest import Poller, a_record
from tests.fakes.side import FakeSide

pytestmark = pytest.mark.anyio


@pytest.fixture
def poller() -> Poller:
    """Publish contacts."""
    return Poller(FakeSide("keap"))


def fresh(poller: Poller, **changes: Any) -> list[Fresh]:
    """Return a change to publish."""
    return [Fresh(poller.position.change(a_record(**changes), 2_000, "poll"), b"print")]


async def test_an_id_we_created_is_known_before_anything_of_it_is_published(poller: Poller) -> None:
    """Without a fingerprint, so that its first reading is published."""
    await poller.publisher.meet(poller.position, ["7", "8"])
    poller.restart()
    assert [poller.position.inventory.get(id_) for id_ in "78"] == [b"", b""]
    assert poller.broker.records(CHANGES, Change) == []


async def test_a_known_id_is_not_stored_again(poller: Poller) -> None:
    """Outcomes of updates cost nothing."""
    await poller.publisher.publish(poller.position, fresh(poller))
    await poller.publisher.meet(poller.position, ["1"])
    assert len(poller.broker.transactions) == 1


async def test_a_meeting_stores_nothing_a_poll_has_not_published(poller: Poller) -> None:
    """Both touch the same chunk at the same time; whatever crash comes in between, each id with a fingerprint was published."""
    await asyncio.gather(
        *(poller.publisher.publish(poller.position, fresh(poller, id_=str(number))) for number in range(5)),
        *(poller.publisher.meet(poller.position, [str(number)]) for number in range(3, 8)),
    )
    transactions = poller.broker.transactions
    for crash in range(1, len(transactions) + 1):
        poller.broker.transactions = transactions[:crash]
        poller.restart()
        published = {change.id for change in poller.changes}
        assert {id_ for id_ in poller.position.inventory if poller.position.inventory.get(id_)} == published


async def test_a_cancelled_caller_leaves_no_half_transaction(poller: Poller) -> None:
    """Giving a partition up waits for it."""
    publishing = asyncio.create_task(poller.publisher.publish(poller.position, fresh(poller)))
    await asyncio.sleep(0)
    publishing.cancel()
    await poller.publisher.close()
    assert len(poller.changes) == 1


@pytest.mark.parametrize("value", ["x" * 1_000_000, 2**70, "\ud800"])
async def test_a_record_no_topic_can_carry_becomes_a_dead_letter(poller: Poller, value: int | str) -> None:
    """What it showed is kept, the others go on."""
    whole = [*fresh(poller, id_="1", fields={"notes": value}), *fresh(poller, id_="2")]
    await poller.publisher.publish(poller.position, whole)
    letter = poller.broker.records(DEAD_LETTERS, DeadLetter)[0]
    assert (letter.stage, letter.flow, letter.side, letter.connection) == ("capture", "contact", "keap", "main")
    assert (letter.value_bytes or b"").startswith(b'{"notes":')
    assert [change.id for change in poller.changes] == ["2"]
    assert all(len(message.value or b"") < 1_000_000 for message in poller.broker.transactions[0])
