"""A deployment of the capture group on a real broker: three connections with contacts and companies, a contact on each side."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import structlog
from pydantic import SecretStr

from schemas.codec import decode
from schemas.flows import SIDES, Side
from schemas.records import Change, Record, ScanMark
from streams.capture.membership import Membership
from streams.capture.publisher import Names
from streams.capture.recover import recover
from streams.clients import read_to_end
from streams.introduction import Introduction
from streams.patience import Patience
from streams.settings import ConnectionSettings, ErpSettings, FlowSettings, Settings
from streams.topics import partition_of
from tests.fakes.side import FakeSide

PARTITIONS = 2
WITHIN_S = 60
CONNECTIONS = ("a", "b", "c")
OFF = FlowSettings(enabled=False)


async def until(condition: Callable[[], object]) -> None:
    """Ask again and again until the condition holds; it may read the broker, in a thread."""
    async with asyncio.timeout(WITHIN_S):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110  # the state is the broker's
            await asyncio.sleep(0.05)


@dataclass(frozen=True)
class Deployment:
    """Three connections with contacts and companies, and what they are called on the broker."""

    settings: Settings
    names: Names
    sides: dict[tuple[str, Side], FakeSide]

    def read(self, topic: str) -> list[Record]:
        """Return what is committed in a topic, by partition and offset."""
        messages = [message for number in range(PARTITIONS) for message in read_to_end(self.settings.kafka, topic, number)]
        return [decode(message.value()) for message in messages if message.value() is not None]

    def changes(self) -> list[Change]:
        """Return the changes that were published."""
        return [record for record in self.read(self.names.changes) if isinstance(record, Change)]

    def marks(self) -> list[ScanMark]:
        """Return the marks that were published."""
        return [record for record in self.read(self.names.changes) if isinstance(record, ScanMark)]

    def knows(self, id_: str) -> bool:
        """Tell whether an id is in the stored inventory of a's contacts in Keap."""
        messages = read_to_end(self.settings.kafka, self.names.cursors, partition_of(b"a", PARTITIONS))
        positions = recover(messages).positions
        return ("a", "keap", "contact") in positions and id_ in positions["a", "keap", "contact"].inventory

    def joined(self) -> Membership:
        """Return a poller process's inside, which does not run yet."""
        log = structlog.get_logger()
        return Membership(self.settings, {place: Introduction(side, Patience(log)) for place, side in self.sides.items()}, self.names)

    @asynccontextmanager
    async def member(self) -> AsyncIterator[Membership]:
        """Run a poller process's inside for as long as the block lasts."""
        membership = self.joined()
        running = asyncio.create_task(membership.run())
        yield membership
        membership.stop()
        await asyncio.wait_for(running, WITHIN_S)


def deploy(kafka: str, topic: Callable[..., str], **account: float) -> Deployment:
    """Make the topics, and settings whose accounts are as asked."""
    changes, outcomes, dead_letters, hints, control = (
        topic(name, PARTITIONS) for name in ("changes", "outcomes", "dead-letters", "hints", "control")
    )
    cursors = topic("cursors", PARTITIONS, cleanup_policy="compact")
    names = Names(changes, cursors, outcomes, dead_letters, hints, control, group=f"capture-{changes}")
    asked = {"poll_s": 0.05, "replica_lag_s": 0, **account}
    settings = ErpSettings(url="http://127.0.0.1:1", token=SecretStr("t"), **asked)  # type: ignore[arg-type]
    connection = ConnectionSettings(keap=settings, erp=settings, flows={"opportunity": OFF, "product": OFF})
    sides = {(name, side): FakeSide(side) for name in CONNECTIONS for side in SIDES}
    for side in sides.values():
        side.put("contact", {"name": "Ann"}, id_="1", updated_at=1_000)
    return Deployment(Settings(kafka=kafka, partitions=PARTITIONS, connections=dict.fromkeys(CONNECTIONS, connection)), names, sides)
