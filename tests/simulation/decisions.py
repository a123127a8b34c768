"""What an operator decides where the program asks him: creates to approve, disputes, frozen fields, breakers, short scans."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import TYPE_CHECKING

from schemas.flows import FLOWS, SIDES, Flow, Side
from schemas.records import Control
from streams.sync import breaker
from streams.sync.fields import ref_of
from streams.sync.rows import breaker_key
from streams.sync.state import Link, Window, load

if TYPE_CHECKING:
    from tests.simulation.world import World


class Decisions:
    """An operator's, through the `control` topic, as the command line writes it; capture reads it too."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.features = world.options.features
        self.asked = 0
        self.thorough = world.options.features.seed % 3 > 0
        """At the end nothing is left undecided; else approvals, disputes and frozen fields are."""
        self.approvals: list[tuple[str, str, int]] = []
        """(connection, flow or link, when) of each approval."""
        self.commits: set[tuple[str, Side, Flow]] = set()
        """Flows of which somebody said that records are gone indeed."""

    def act(self, random: Random) -> None:
        """Decide one thing."""
        kinds: list[Callable[[Random], None]] = [self._approve, self._choose, self._thaw, self._breaker, self._scan]
        random.choice(kinds)(random)

    def clear_up(self) -> None:
        """Let go of whatever waits for a decision that may not be left open."""
        for name in self.world.options.connections:
            waiting = {link.flow for link in self._links(name) if (link.gate or "").startswith("approval/")}
            for flow in sorted(waiting) if self.thorough else ():
                self._ask_for(name, flow)
            for gate in self.open_breakers(name):
                self._ask(name, "release", flow=gate[0], side=gate[1])
            for link in self._links(name) if self.thorough else ():
                for field in link.disputed[:1]:
                    self._ask(name, "choose", link=link.id, field=field, side="erp")
        self.believe()

    def believe(self) -> None:
        """Take every short scan for the truth."""
        for place, feed in self.world.poller.feeds.items():
            if feed.position.survey.alarm_at is not None:
                self._tell_capture(place, "commit")

    def _links(self, name: str) -> list[Link]:
        return [link for link in self.world.links() if link.connection == name]

    def open_breakers(self, name: str) -> list[tuple[str, str]]:
        """Return (flow, side) of the breakers that are open."""
        found = []
        for flow in FLOWS:
            for side in SIDES:
                row = self.world.agent.get(breaker_key(name, breaker.gate_of(flow, side)))
                if row and load(row, Window).open:
                    found.append((flow, side))
        return found

    def _approve(self, random: Random) -> None:
        waiting = [link for link in self.world.links() if (link.gate or "").startswith("approval/")]
        if not waiting:
            return
        link = random.choice(waiting)
        if random.random() < 0.5:
            self._ask_for(link.connection, link.flow)
        else:
            self.approvals.append((link.connection, link.id, self.world.clock.now))
            self._ask(link.connection, "approve", link=link.id)

    def _ask_for(self, name: str, flow: str) -> None:
        self.approvals.append((name, flow, self.world.clock.now))
        self._ask(name, "approve", flow=flow)

    def _choose(self, random: Random) -> None:
        if disputed := [link for link in self.world.links() if link.disputed]:
            link = random.choice(disputed)
            self._ask(link.connection, "choose", link=link.id, field=random.choice(link.disputed), side=random.choice(SIDES))

    def _thaw(self, random: Random) -> None:
        if frozen := [link for link in self.world.links() if link.frozen]:
            link = random.choice(frozen)
            self._ask(link.connection, "thaw", link=ref_of_any(link), field=random.choice(link.frozen))

    def _breaker(self, random: Random) -> None:
        name = random.choice(self.world.options.connections)
        if gates := self.open_breakers(name):
            flow, side = random.choice(gates)
            self._ask(name, random.choice(("release", "release", "withhold")), flow=flow, side=side)

    def _scan(self, random: Random) -> None:
        places = [place for place, feed in self.world.poller.feeds.items() if feed.position.survey.alarm_at is not None]
        if places:
            self._tell_capture(random.choice(places), random.choice(("commit", "discard", "discard")))

    def _tell_capture(self, place: tuple[str, Side, Flow], op: str) -> None:
        name, side, flow = place
        if op == "commit":
            self.commits.add(place)
        self.world.poller.ask(self._ask(name, op, side=side, flow=flow))

    def _ask(self, name: str, op: str, **args: str) -> Control:
        self.asked += 1
        request = Control(f"d{self.asked}", name, op, args, "tester", self.world.clock.now)  # type: ignore[arg-type]
        self.world.topics.send("control", [request])
        return request


def ref_of_any(link: Link) -> str:
    """Return a ref of a link's."""
    return next(ref for side in SIDES if (ref := ref_of(link, side)))
