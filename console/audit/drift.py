"""Find the pairs that differ, and nothing that is only on its way.

Who reads two living systems one after the other sees edits half done: pairs that differ are read again, by id, after both sides had the
time to show everything, and only what differs then is drift.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from console.audit.reader import Reader
from schemas.flows import SIDES, Flow
from streams.accounts import account_of

if TYPE_CHECKING:
    from console.audit.world import Difference
    from console.read_model import Links
    from streams.settings import Settings
    from streams.sync.state import Link

WAY_S: Final = 2.0
"""What an edit takes from one side to the other beside polls and replicas (seconds)."""
LONGEST_S: Final = 60.0
"""What somebody at a terminal waits for a poll; one that comes later finds an edit that is a difference until then."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit of one connection came to."""

    connection: str
    pairs: int
    """Pairs compared."""
    differences: tuple[tuple[Link, tuple[Difference, ...]], ...]

    @property
    def flows(self) -> list[Flow]:
        """The flows with pairs that differ."""
        return sorted({link.flow for link, _ in self.differences})

    @property
    def count(self) -> int:
        """How many fields differ."""
        return sum(len(found) for _, found in self.differences)


def audit(settings: Settings, connection: str, links: Links, wait_s: float | None = None) -> Audit:
    """Compare all pairs of a connection.

    Args:
        wait_s: before pairs that differ are read again (seconds); None: as long as an edit may be on its way.

    Raises:
        RetriableError: a side does not answer.
    """
    enabled = settings.connections[connection].enabled
    pairs = [link for link in links.all if link.connection == connection and link.state == "linked" and enabled(link.flow)]
    with Reader(settings, connection) as reader:
        world = reader.world(links)
        suspects = [link for link in pairs if world.differences(link)]
        if suspects:
            time.sleep(_way_s(settings, connection) if wait_s is None else wait_s)
            world = reader.pairs(links, suspects)
    found = ((link, tuple(world.differences(link))) for link in suspects)
    return Audit(connection, len(pairs), tuple((link, differences) for link, differences in found if differences))


def _way_s(settings: Settings, connection: str) -> float:
    accounts = [account_of(settings.connections[connection], side) for side in SIDES]
    return max(min(account.poll_s, LONGEST_S) + account.replica_lag_s for account in accounts) + WAY_S
