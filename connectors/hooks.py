"""The contract of whoever can announce changes: subscriptions to an address of ours, one or many events each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Protocol

from schemas.flows import Flow, Side


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a side announces to an address."""

    key: str
    events: frozenset[str]
    url: str
    live: bool
    """Events are delivered to it; one that is not has to be verified."""
    secret: str | None = field(default=None, repr=False)
    """What its deliveries are signed with; told once, when it is made, and only by a side that signs."""


class Announcer(Protocol):
    """Manages one account's subscriptions. Each call is one attempt; raises the tree of `schemas.errors`."""

    side: Side
    signs: bool
    """Deliveries carry a signature; without one the address itself has to be secret."""

    async def subscriptions(self) -> list[Subscription]:
        """Return all subscriptions of the account, other people's too."""

    async def subscribe(self, url: str, flows: Collection[Flow]) -> list[Subscription]:
        """Ask for every change of some flows; what an address is subscribed to already is not subscribed to again."""

    async def verify(self, key: str) -> None:
        """Bring a subscription back to life."""

    async def unsubscribe(self, key: str) -> None:
        """End a subscription."""

    async def close(self) -> None:
        """Release connections."""
