"""An operator who links, parts, ignores, retries and sends again, not always where it makes sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.flows import SIDES
from schemas.records import Control
from streams.sync.fields import refs_of
from streams.sync.state import Link

if TYPE_CHECKING:
    from tests.simulation.world import World


class Operator:
    """Works through the `control` topic, as the command line does; what he is asked for is in `decisions.py`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.asked = 0

    def act(self) -> None:
        """Ask for one thing."""
        links = list(self.world.links())
        if not links:
            return
        latest = {entry.link for entry in self.world.topics.journal[-4:]}
        link = self.world.random.choice([one for one in links if one.id in latest] or links)
        in_review = [one for one in links if one.state == "review" and one.candidates]
        what = self.world.random.random()
        if what < 0.5 and in_review:
            one = self.world.random.choice(in_review)
            self.ask(one, "link", a=refs_of(one)[0], b=self.world.random.choice(one.candidates))
        elif what < 0.6:
            self.ask(link, "unlink", link=link.id)
        elif what < 0.65:
            self.ask(link, "ignore", ref=refs_of(link)[0])
        elif what < 0.8:
            self.ask(link, "retry", link=link.id)
        elif any(link.side(side).pending for side in SIDES):
            self.ask(link, "resend", link=link.id)

    def ask(self, about: Link, op: str, **args: str) -> None:
        """Send a request."""
        self.asked += 1
        if op in ("link", "unlink", "ignore"):
            named = [*refs_of(about), *about.candidates]
            self.world.connections[about.connection].oracle.touched |= {ref.rsplit("/", 1)[1] for ref in named}
        request = Control(f"c{self.asked}", about.connection, op, args, "tester", self.world.clock.now)  # type: ignore[arg-type]
        self.world.topics.send("control", [request])
