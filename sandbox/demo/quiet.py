"""Wait for quiet: all was polled and nothing moved since, nothing is left to read or to write, no link waits for what could still come."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import OffsetSpec

from console.read_model import Links, read_links
from console.read_model.lag import read_lag
from console.read_model.links import refs, waits_for
from console.read_model.status import read_heads
from sandbox.demo.stack import Stack
from schemas.errors import RetriableError
from schemas.flows import FLOWS, SIDES
from streams.clients import admin
from streams.clock import now_ms
from streams.settings import Settings
from streams.topics import CHANGES, COMMANDS, CONTROL, LINKS, OUTCOMES

MOVING: Final = (CHANGES, OUTCOMES, CONTROL, *COMMANDS.values(), LINKS)
TEMPORARY: Final = frozenset({"snapshot", "create", "ref", "slot"})
"""Gates that open by themselves; who stands before another one (filter, direction, review) stays there."""
UNKNOWN: Final = -1
"""In place of offsets nobody could tell: that is not stillness."""
STILL_S: Final = 3.0
"""Longer than a way from one side to the other: whatever was going on would have moved something."""


class RestlessError(RetriableError):
    """Something goes on moving."""


@dataclass(slots=True)
class Stillness:
    """Watches a stack.

    Attributes:
        records: how many records both sides hold at least: each needs a link before anything can be called settled.
        tick: called at every look, to show progress.
        stuck_s: nothing moved for so long although something is open: it will not move any more.
        rest_s: whatever still moves after so long in all will not come to rest.
    """

    stack: Stack
    records: int
    tick: Callable[[], None]
    stuck_s: float = 90.0
    rest_s: float = math.inf
    _ends: Ends = field(init=False)

    def __post_init__(self) -> None:
        """Begin to look at the topics."""
        self._ends = Ends(self.stack.settings)

    def wait(self) -> Links:
        """Return the links once all is quiet, or once nothing has moved for very long.

        Raises:
            RestlessError: it did not come to rest within `rest_s`.
            RetriableError: a process ended.
        """
        last, since, began = None, time.monotonic(), now_ms()
        deadline = since + self.rest_s
        while True:
            if reason := self.stack.processes.ended():
                raise RetriableError(reason)
            seen = self._look()
            self.tick()
            if seen != last or seen[0] == UNKNOWN:
                last, since, began = seen, time.monotonic(), now_ms()
            still_s = time.monotonic() - since
            if still_s > STILL_S:
                links = read_links(self.stack.settings)
                if (self._settled(links) and polled_since(self.stack.settings, began)) or still_s > self.stuck_s:
                    return links
            if time.monotonic() > deadline:
                raise RestlessError(f"did not come to rest within {self.rest_s:.0f} s")
            time.sleep(0.5)

    def _look(self) -> tuple[int, int, int]:
        return self._ends.look(), self.stack.keap.read_log(), self.stack.erp.read_log()

    def _settled(self, links: Links) -> bool:
        known = sum(len(refs(link)) for link in links.all)
        return known >= self.records and not any(unsettled(links)) and not any(read_lag(self.stack.settings).values())


def polled_since(settings: Settings, at: int) -> bool:
    """Tell whether every flow was polled on both sides since an instant (epoch ms): what was done before it is on its way, or done."""
    heads = read_heads(settings)
    return len(heads) == len(settings.connections) * len(SIDES) * len(FLOWS) and all((head.polled_at or 0) > at for head in heads)


def unsettled(links: Links) -> list[str]:
    """Return a sentence per link that something is still to be done for."""
    found = []
    for link in links.all:
        if any(link.side(side).pending for side in SIDES):
            found.append(f"{link.flow} {link.id}: a command is in flight")
        elif link.state in ("half", "linked") and waits_for(link) in TEMPORARY:
            found.append(f"{link.flow} {link.id}: waits for {link.gate or link.gates[0]}")
    return found


class Ends:
    """Looks where the topics end."""

    def __init__(self, settings: Settings) -> None:
        """Keep one client: answers to one that is gone never come."""
        self._settings = settings
        self._admin = admin(settings.cluster)

    def look(self) -> int:
        """Return the sum of the topics' end offsets, which grows with whatever happens there; UNKNOWN when nobody could tell."""
        places = {TopicPartition(topic, number): OffsetSpec.latest() for topic in MOVING for number in range(self._settings.partitions)}
        try:
            return sum(int(future.result().offset) for future in self._admin.list_offsets(places, request_timeout=30).values())
        except KafkaException:
            # Topics just made have no leader for a moment; a broker that is gone is told by its process. One that was restarted refuses
            # the leader epochs a client knew before (FENCED_LEADER_EPOCH), for ever: librdkafka's admin calls do not learn new ones.
            self._admin = admin(self._settings.cluster)
            return UNKNOWN
