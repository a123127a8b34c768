"""What else happens in worlds with features: hooks arrive, full scans are made more often and break off, an operator is asked and answers.

A chance of its own, so that the rest of a world's life is drawn as it would be without.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

from schemas.flows import FLOWS, SIDES, Side
from tests.simulation.hooks import Hooks
from tests.simulation.people import EDITED, People
from tests.simulation.systems import Stored
from tests.simulation.twice import enter_twice

if TYPE_CHECKING:
    from tests.simulation.world import World

SWEEPS: Final = 0.15
"""How often somebody sweeps a flow, a step."""
FLEETING: Final = 0.03
"""How often a record is made that will not stay, a step."""
COLLIDES: Final = 0.05
"""How often both sides are edited at once, a step."""
IMPORTS: Final = 0.02
"""How often somebody imports, a step."""
DECIDES: Final = 0.04
"""How often the operator decides something, a step."""
TWICE: Final = 0.05
"""How often somebody types the same into both systems, a step."""
REPLAYS: Final = 0.01
"""How often the operator replays what was published, a step."""
HALF: Final = 0.5
MANY: Final = 40
"""The most changes he replays at once."""


class Happenings:
    """One world's."""

    def __init__(self, world: World, random: Random) -> None:
        self.world = world
        self.random = random
        self.features = world.options.features
        self.leaving: list[tuple[int, People, Side, Stored]] = []
        """(when, whose, where, which) of the records that will not stay."""
        self.hooks = Hooks(world.clock, random)
        if self.features.hooks:
            for name, one in world.connections.items():
                for side, system in one.systems.items():
                    self.hooks.listen(name, side, system)

    def happen(self) -> None:
        """Let a moment pass."""
        self.bring_hooks()
        self.insist()
        sweeping = self.features.deletes or self.features.partial or self.features.stale or self.features.hooks
        if sweeping and self.random.random() < SWEEPS:
            self._sweep()
        if self.features.updates.count and self.random.random() < IMPORTS:
            self._import()
        if self.features.hooks:
            self._come_and_go()
        if self.features.nervous and self.random.random() < COLLIDES:
            self._collide()
        if self.features.twice and self.random.random() < TWICE:
            enter_twice(self.world, self.random)
        if self.random.random() < DECIDES:
            self.world.decisions.act(self.random)
        if self.features.replays and self.random.random() < REPLAYS:
            self._replay()

    def pauses(self) -> bool:
        """Tell whether a process that ends now is only paused."""
        return self.features.pauses and self.random.random() < HALF

    def _replay(self) -> None:
        """Old changes come again, in their order, at the end of the topic."""
        changes = self.world.topics.events["changes"]
        if changes:
            first = self.random.randrange(len(changes))
            changes += changes[first : first + self.random.randrange(1, MANY)]

    def insist(self) -> None:
        """Let both sides' automations act, after a moment."""
        for one in self.world.connections.values():
            if one.people.reactions.insisting:
                self.world.pass_time(self.random.randrange(1, 300))
                one.people.reactions.insist()
            one.people.reactions.act()

    def settle(self) -> None:
        """Come to rest: listings are whole, words arrive, the operator decides what is left."""
        for edge in self.world.poller.edges.values():
            edge.blind_until = 0
        self.bring_hooks()
        self.world.decisions.clear_up()

    def bring_hooks(self) -> None:
        """Deliver the words that have arrived."""
        if self.features.hooks:
            self.hooks.deliver(self.world.poller.tell)

    def _import(self) -> None:
        """Somebody changes one field of all records of a kind: what breakers are for."""
        people = self.world.connections[self.random.choice(self.world.options.connections)].people
        side, flow = self.random.choice(SIDES), self.random.choice(FLOWS)
        name = self.random.choice(EDITED[flow])
        for record in people.systems[side].living(flow):
            people.edit(side, record, name)

    def _come_and_go(self) -> None:
        """Somebody makes a record, and soon takes it away again: before a poll that is rare by now could see it, but not its hook."""
        now = self.world.clock.now
        due, self.leaving = [one for one in self.leaving if one[0] <= now], [one for one in self.leaving if one[0] > now]
        for _, people, side, record in due:
            if not record.deleted:
                people.delete(people.systems[side], record)
        if self.random.random() < FLEETING:
            people = self.world.connections[self.random.choice(self.world.options.connections)].people
            people.contact()
            for side, system in people.systems.items():
                newest = next(reversed(system.records.values()), None)
                if newest is not None and newest.created_at >= system.time:
                    self.leaving.append((now + self.random.randrange(3_000, 8_000), people, side, newest))

    def _collide(self) -> None:
        """Two people edit one field of one thing on both sides at once."""
        people = self.world.connections[self.random.choice(self.world.options.connections)].people
        if people.oracle.twins:
            flow, keap, erp = self.random.choice(people.oracle.twins)
            records: dict[Side, Stored] = {"keap": people.systems["keap"].records[keap], "erp": people.systems["erp"].records[erp]}
            name = self.random.choice(EDITED[flow])
            for side, record in records.items():
                if not record.deleted:
                    people.edit(side, record, name)

    def _sweep(self) -> None:
        """Sweep a flow, at times while its listing breaks off."""
        poller, name = self.world.poller, self.random.choice(self.world.options.connections)
        side: Side = "keap" if self.random.random() < 0.7 else "erp"  # only a sweep tells what is gone from Keap
        flow = self.random.choice(FLOWS)
        begun = all(feed.position.head.snapshot_at for place, feed in poller.feeds.items() if place[:2] == (name, side))
        if self.features.partial and begun and self.random.random() < 0.5:  # a first listing that breaks off, nobody could tell
            poller.edges[name, side].blind_until = self.world.clock.now + self.random.randrange(15_000)
        poller.sweep(name, side, flow)
