"""Everything a poller does for one partition it owns, from taking over to giving up."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import structlog
from confluent_kafka import KafkaException

from schemas.codec import encode, expect
from schemas.errors import FatalError, SchemaError
from schemas.flows import FLOWS, Side, flow_of
from schemas.records import Control, Hint, Outcome
from streams.accounts import account_of
from streams.capture.budget import Budget, budgets_of
from streams.capture.feed import Feed
from streams.capture.hints import Hints
from streams.capture.operator import carry_out
from streams.capture.poller import readings
from streams.capture.position import Position
from streams.capture.publisher import Names, Publisher
from streams.capture.recover import Place, Recovered, recover
from streams.capture.transactions import KafkaTransactions, Message
from streams.capture.undeliverable import cursor_letter
from streams.clients import read_to_end
from streams.clock import now_ms
from streams.introduction import Introduction
from streams.patience import Patience
from streams.settings import Settings
from streams.topics import partition_of

Accounts = Mapping[tuple[str, Side], Introduction]
"""(connection, side) -> its source, and whether it has answered."""

log = structlog.get_logger(__name__)


class Partition:
    """One owned partition: its publisher, its positions, a poller per flow and side of each of its connections."""

    def __init__(self, settings: Settings, accounts: Accounts, number: int, names: Names) -> None:
        """Prepare; nothing happens before `open`."""
        self._settings = settings
        self._accounts = accounts
        self._number = number
        self._names = names
        self._transactions = KafkaTransactions(settings.cluster, f"{names.group}-{number}", number)
        self._publisher = Publisher(self._transactions, number, names)
        self._positions: dict[Place, Position] = {}
        self._feeds: dict[Place, Feed] = {}
        self._pollers: list[asyncio.Task[None]] = []

    async def open(self, failed: Callable[[BaseException], None], stopping: asyncio.Event) -> None:
        """Take over: fence the predecessor, recover the cursors, start the pollers.

        Args:
            failed: told when a poller ends by an error.
            stopping: set when the process has to end, whatever cannot be read yet.

        Raises:
            Stopped: `stopping` was set meanwhile.
        """
        await asyncio.to_thread(self._transactions.open)
        try:
            recovered = await Patience(log)(lambda: asyncio.to_thread(self._read_cursors), stopping)
        except KafkaException as error:
            raise FatalError(f"kafka: cannot read {self._names.cursors}/{self._number}: {error.args[0].str()}") from error
        self._positions = recovered.positions
        await self._bury(recovered)

        def ended(poller: asyncio.Task[None]) -> None:
            if not poller.cancelled():
                failed(poller.exception() or FatalError("a poller ended without a reason"))

        self._feeds = dict(self._made())
        for (name, side, _), feed in self._feeds.items():
            for reading in readings(feed, self._accounts[name, side]):
                poller: asyncio.Task[None] = asyncio.create_task(reading)
                poller.add_done_callback(ended)
                self._pollers.append(poller)
        log.info("partition.opened", partition=self._number, pollers=len(self._pollers))

    async def meet(self, outcomes: Iterable[bytes | None]) -> None:
        """Enter the ids that outcomes name into the inventories, before a poll can show them."""
        ids: defaultdict[Place, list[str]] = defaultdict(list)
        for value in outcomes:
            try:
                outcome = expect(value, Outcome)
                place = (outcome.connection, outcome.side, flow_of(outcome.side, outcome.entity))
            except (SchemaError, KeyError):  # the sync stage reads this topic too, and makes the dead letter
                continue
            if outcome.id is not None and place[0] in self._settings.connections:
                ids[place].append(outcome.id)
        for place, met in ids.items():
            await self._publisher.meet(self._position(place), met)

    async def hear(self, said: Hint | Control) -> None:
        """Take in what a hook, or an operator, has to say to a poller."""
        if isinstance(said, Control):
            await carry_out(said, self._feeds.values())
            return
        try:
            feed = self._feeds.get((said.connection, said.side, flow_of(said.side, said.entity)))
        except KeyError:  # a record we do not read
            return
        if feed is not None and feed.hints is not None:
            feed.hints.announce(said.id, said.at)

    async def close(self) -> None:
        """Give up: no poller and no transaction of ours is under way any more when this returns."""
        for poller in self._pollers:
            poller.cancel()
        await asyncio.gather(*self._pollers, return_exceptions=True)
        await self._publisher.close()
        log.info("partition.closed", partition=self._number)

    def _read_cursors(self) -> Recovered:
        return recover(read_to_end(self._settings.cluster, self._names.cursors, self._number))

    def _made(self) -> Iterable[tuple[Place, Feed]]:
        settings = self._settings
        mine = [name for name in settings.connections if partition_of(name.encode(), settings.partitions) == self._number]
        for (name, side), budget in budgets_of(settings, mine).items():
            for flow in FLOWS:
                if settings.connections[name].enabled(flow):
                    yield (name, side, flow), self._feed((name, side, flow), budget)

    def _feed(self, place: Place, budget: Budget) -> Feed:
        name, side, flow = place
        account = account_of(self._settings.connections[name], side)
        lag_ms = round(account.replica_lag_s * 1000)
        return Feed(
            flow=flow,
            source=self._accounts[name, side].source,
            position=self._position(place),
            publisher=self._publisher,
            poll_s=account.poll_s,
            lag_ms=lag_ms,
            sweep_s=account.sweep_s,
            budget=budget,
            hints=Hints(lag_ms, round(account.hook_late_s * 1000)) if account.hooks else None,
        )

    def _position(self, place: Place) -> Position:
        return self._positions.setdefault(place, Position.unknown(*place))

    async def _bury(self, recovered: Recovered) -> None:
        """Move what is no cursor to the dead letters."""
        messages: list[Message] = []
        for message, error in recovered.unreadable:
            letter = cursor_letter(message, error, now_ms())
            messages.append(Message(self._names.dead_letters, message.key(), encode(letter)))
            messages.append(Message(self._names.cursors, message.key(), None))
            log.warning("cursor.dead_lettered", partition=self._number, offset=message.offset(), error=str(error))
        if messages:
            await self._publisher.send(messages)
