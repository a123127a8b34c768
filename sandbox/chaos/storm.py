"""A storm from beginning to end.

1. Broker, topics and both servers start and are seeded; the workers start.
2. People edit and add on both sides, from the middle of the first run on, while one harm follows the other.
3. Everybody stops, every part runs; it becomes quiet.
4. Everything is judged; then a replay of all changes writes nothing.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from random import Random

from console.read_model import read_links
from console.replay import Start, replay_changes
from sandbox.chaos import invariants
from sandbox.chaos.echo import echoes
from sandbox.chaos.evidence import Evidence, gather
from sandbox.chaos.fates import fates
from sandbox.chaos.figures import Figures, measure
from sandbox.chaos.harms import Harm
from sandbox.chaos.moves import Moves, still_moving
from sandbox.chaos.people import Memory, Pair, People
from sandbox.chaos.residents import Residents
from sandbox.chaos.system import System
from sandbox.data import COLLECTIONS, Seeds, Truth, generate
from sandbox.demo.quiet import RestlessError, Stillness, polled_since
from sandbox.demo.stack import Stack
from sandbox.demo.verdict import NOT_FROM_ERP, judge
from schemas.errors import RetriableError
from schemas.flows import FLOWS, SIDES, Flow
from streams.clock import now_ms

Say = Callable[[str], None]
VALUES = 10_000
"""More than people give in a storm: those of the next connection begin to count here, so that no value is given in both."""
QUOTA = 500
"""Calls a second that each server allows: people should not have to wait for the first run."""
STUCK_S = 300.0
"""Longer than a watchdog waits before it ends a worker that hangs: the system may take that, and the longest stall is printed."""
REST_S = 900.0
"""Within which all has to come to rest: on any machine longer than it takes, and an echo without end is told from it."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What kind of storm.

    Attributes:
        contacts: how many a side, the rest in proportion.
        minutes: how long; at least every harm comes once.
        pause_s: least and most between two harms.
        edit_s: between two edits, on average.
    """

    seed: int
    harms: Sequence[Harm]
    contacts: int = 60
    minutes: float = 0
    pause_s: tuple[float, float] = (0.5, 3.0)
    edit_s: float = 0.15


@dataclass(slots=True)
class Report:
    """What came of it."""

    figures: Figures
    residents: Residents
    violations: dict[str, list[str]] = field(default_factory=dict)
    """Invariant -> a sentence per violation, of all connections."""

    @property
    def good(self) -> bool:
        """Whether every invariant held."""
        return not any(self.violations.values())


def ride(system: System, weather: Weather, say: Say) -> Report:
    """Let the storm go over a system that is not started; raises RetriableError when a part does not come back.

    All connections begin with the same data: whatever is taken for another one's shows.
    """
    seeds = [generate(weather.contacts, weather.seed) for _ in system.stacks]
    truths = plant(system, *seeds)
    system.run()
    calm = stillness(system, *seeds)
    began = now_ms()
    say("the storm begins")
    with Residents(system.stack) as residents:
        memories, unharmed = _rage(system, weather, truths, say)
    edits, added = sum(len(each.edits) for each in memories), sum(len(each.newcomers) for each in memories)
    say(f"{edits} edits, {added} records added, {system.kills.total()} kills; waiting for quiet")
    waited = time.monotonic()
    unrest = _rest(system, calm)
    say(f"waited for {time.monotonic() - waited:.0f} s; judging")
    evidences = [gather(stack) for stack in system.stacks]
    report = Report(measure(evidences, memories, system, began), residents, {"rest": unrest, "harmless": unharmed})
    if not report.figures.heard:
        unharmed.append("no hook was heard")
    if unrest:
        return report
    report.violations |= _judge(report.figures, evidences, memories, seeds, truths)
    say("judged; replaying everything")
    report.violations["replay"] = _replay(system, calm)
    return report


def plant(system: System, *seeds: Seeds) -> list[Truth]:
    """Start everything but the workers and seed each connection; returns the truths in ids."""
    system.start()
    for server in system.servers:
        server.allow(QUOTA)
    return [each.truth.named(one.keap.seed(each.keap), one.erp.seed(each.erp)) for one, each in zip(system.stacks, seeds, strict=True)]


def stillness(system: System, *seeds: Seeds) -> Stillness:
    """Return who waits until it is quiet."""
    records = sum(len(many) for each in seeds for body in (each.keap, each.erp) for many in body.values())
    return Stillness(system.stack, records, lambda: None, STUCK_S, REST_S)


def _rest(system: System, calm: Stillness) -> list[str]:
    """Wait until all is at rest; returns what is not, when it takes too long."""
    system.wait()
    try:
        _look_everywhere(system)
        calm.wait()
    except RestlessError as error:
        return [str(error), *still_moving(system)]
    return []


def _look_everywhere(system: System) -> None:
    """Wait until all was polled since now, and so whatever people did is on its way: workers that are only just starting are quiet too."""
    began, deadline = now_ms(), time.monotonic() + STUCK_S
    while not polled_since(system.stack.settings, began):
        if reason := system.processes.ended():
            raise RetriableError(reason)
        if time.monotonic() > deadline:
            raise RestlessError(f"not everything was polled within {STUCK_S:.0f} s")
        time.sleep(0.5)


def _replay(system: System, calm: Stillness) -> list[str]:
    moves = Moves(system)
    replay_changes(system.stack.settings, Start(offset=0))
    return [*_rest(system, calm), *moves.since()]


def _rage(system: System, weather: Weather, truths: list[Truth], say: Say) -> tuple[list[Memory], list[str]]:
    """Let it rage; returns what people did, and a sentence for each kind of harm that never found anything to harm."""
    random, until = Random(weather.seed), time.monotonic() + weather.minutes * 60
    people = [_people(stack, weather, number, truth) for number, (stack, truth) in enumerate(zip(system.stacks, truths, strict=True))]
    done: set[str] = set()
    with ExitStack() as streets:
        for each in people:
            streets.enter_context(each)
        while True:
            for harm in random.sample(weather.harms, len(weather.harms)):
                time.sleep(random.uniform(*weather.pause_s))
                say(harm.name)
                if harm.befall(system, random):
                    done.add(harm.name)
                for stack, each in zip(system.stacks, people, strict=True):
                    each.linked = _known(stack, each.linked)
            if time.monotonic() > until:
                return [each.memory for each in people], idle(weather.harms, done)


def idle(harms: Iterable[Harm], done: Collection[str]) -> list[str]:
    """Return a sentence per harm that never happened: a storm without it proves nothing."""
    return [f"{harm.name}: found nothing to harm" for harm in harms if harm.name not in done]


def _people(stack: Stack, weather: Weather, number: int, truth: Truth) -> People:
    pairs: dict[Flow, list[Pair]] = {flow: [{"keap": one, "erp": two} for one, two in truth.pairs.get(flow, ())] for flow in FLOWS}
    return People((stack.keap, stack.erp), pairs, weather.seed + number, weather.edit_s, number * VALUES)


def _known(stack: Stack, before: dict[Flow, list[Pair]]) -> dict[Flow, list[Pair]]:
    """Return whatever has a link by now, but for orders that are nobody's opportunity; while no broker answers, what had one before.

    Edits of those travel nowhere, and one may be of a create whose answer was lost: on an ERP that knows neither keys nor stamps it would
    be made again once it looks different (`best_effort`, docs/erp.md).
    """
    try:
        links = read_links(stack.settings).all
    except RetriableError:
        return before
    pairs: dict[Flow, list[Pair]] = {flow: [] for flow in FLOWS}
    for link in links:
        if link.connection == stack.connection and not (link.flow in NOT_FROM_ERP and link.keap.id is None):
            pairs[link.flow].append({side: found for side in SIDES if (found := link.side(side).id)})
    return pairs


def _judge(
    figures: Figures, evidences: list[Evidence], memories: list[Memory], seeds: list[Seeds], truths: list[Truth]
) -> dict[str, list[str]]:
    violations: defaultdict[str, list[str]] = defaultdict(list)
    for evidence, memory, planted, truth in zip(evidences, memories, seeds, truths, strict=True):
        for name, sentences in _violations(figures, evidence, memory, planted, truth).items():
            violations[name] += sentences
        violations["apart"] += invariants.connections_are_apart(evidence, [other for other in evidences if other is not evidence])
    return violations


def _violations(figures: Figures, evidence: Evidence, memory: Memory, seeds: Seeds, truth: Truth) -> dict[str, list[str]]:
    for newcomer in memory.newcomers:
        if invariants.arrived(evidence, newcomer):
            body = seeds.keap if newcomer.birth.side == "keap" else seeds.erp
            body[COLLECTIONS[newcomer.birth.side][newcomer.birth.flow]].append({})
    verdict, found = judge(evidence.world, evidence.links, seeds, truth), fates(evidence, memory.edits)
    figures.add(found)
    return {
        "equal": [f"{each.flow}: {each.what}" for each in verdict.differences],
        "lost": found.lost,
        "excused": list(found.implausible()),
        "double": [
            *(f"{each.flow}: {each.what}" for each in verdict.duplicates),
            *invariants.one_record_per_link(evidence),
            *invariants.newcomers_are_pairs(evidence, memory.newcomers),
            *invariants.creates_are_bound(evidence),
            *invariants.creates_are_asked_for(evidence),
        ],
        "group": list(invariants.groups_move_as_one(evidence, memory.edits)),
        "echo": list(echoes(evidence, memory.edits)),
        "deleted": list(invariants.nothing_is_deleted(evidence)),
        "early": list(invariants.no_create_before_both_snapshots(evidence)),
        "order": list(invariants.commands_are_numbered(evidence)),
        "waiting": list(invariants.nothing_waits_or_died(evidence)),
        "refused": memory.failures,
    }
