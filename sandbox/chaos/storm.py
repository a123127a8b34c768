"""A storm from beginning to end.

1. Broker, topics and both servers start and are seeded; the workers start.
2. People edit and add on both sides, in the middle of the first run or after it, while one harm follows the other.
3. Everybody stops, every part runs; it becomes quiet.
4. Everything is judged; then nothing moves for a while, and a replay of all changes writes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from console.read_model import read_links
from console.replay import Start, replay_changes
from sandbox.chaos import invariants
from sandbox.chaos.evidence import Evidence, gather
from sandbox.chaos.fates import fates
from sandbox.chaos.figures import Figures, measure
from sandbox.chaos.harms import Harm
from sandbox.chaos.moves import Moves, silence
from sandbox.chaos.people import Memory, Pair, People
from sandbox.chaos.system import System
from sandbox.data import COLLECTIONS, Seeds, Truth, generate
from sandbox.demo.quiet import Stillness
from sandbox.demo.verdict import judge
from schemas.errors import RetriableError
from schemas.flows import FLOWS, SIDES, Flow

Say = Callable[[str], None]
QUOTA = 500
"""Calls a second that each server allows: people should not have to wait for the first run."""


@dataclass(frozen=True, slots=True)
class Weather:
    """What kind of storm.

    Attributes:
        contacts: how many a side, the rest in proportion.
        first_run: whether it begins with the first run, or once that is over.
        minutes: how long; at least every harm comes once.
        pause_s: least and most between two harms.
        edit_s: between two edits, on average.
    """

    seed: int
    harms: Sequence[Harm]
    contacts: int = 60
    first_run: bool = False
    minutes: float = 0
    pause_s: tuple[float, float] = (0.5, 3.0)
    edit_s: float = 0.15


@dataclass(slots=True)
class Report:
    """What came of it."""

    figures: Figures
    violations: dict[str, list[str]] = field(default_factory=dict)
    """Invariant -> a sentence per violation."""

    @property
    def good(self) -> bool:
        """Whether every invariant held."""
        return not any(self.violations.values())


def ride(system: System, weather: Weather, say: Say) -> Report:
    """Let the storm go over a system that is not started; raises RetriableError when a part does not come back."""
    seeds = generate(weather.contacts, weather.seed)
    truth = plant(system, seeds)
    system.run()
    calm = stillness(system, seeds)
    if not weather.first_run:
        calm.wait()
        say("first run over")
    began = time.time_ns() // 1_000_000
    say("the storm begins")
    memory = _rage(system, weather, truth, say)
    say(f"{len(memory.edits)} edits, {len(memory.newcomers)} records added, {system.kills} kills; waiting for quiet")
    system.wait()
    calm.wait()
    say("quiet; judging")
    evidence = gather(system.stack)
    report = Report(measure(evidence, memory, system, began))
    _judge(report, evidence, memory, seeds, truth)
    say("judged; waiting for silence, then replaying everything")
    report.violations["echo"] = silence(system)
    report.violations["replay"] = _replay(system, calm)
    return report


def plant(system: System, seeds: Seeds) -> Truth:
    """Start everything but the workers and seed it; returns the truth in ids."""
    system.start()
    for server in (system.stack.keap, system.stack.erp):
        server.allow(QUOTA)
    return seeds.truth.named(system.stack.keap.seed(seeds.keap), system.stack.erp.seed(seeds.erp))


def stillness(system: System, seeds: Seeds) -> Stillness:
    """Return who waits until it is quiet."""
    return Stillness(system.stack, sum(len(many) for body in (seeds.keap, seeds.erp) for many in body.values()), lambda: None)


def _replay(system: System, calm: Stillness) -> list[str]:
    moves = Moves(system)
    replay_changes(system.stack.settings, Start(offset=0))
    calm.wait()
    return moves.since()


def _rage(system: System, weather: Weather, truth: Truth, say: Say) -> Memory:
    random, until = Random(weather.seed), time.monotonic() + weather.minutes * 60
    pairs: dict[Flow, list[Pair]] = {flow: [{"keap": one, "erp": two} for one, two in truth.pairs.get(flow, ())] for flow in FLOWS}
    with People((system.stack.keap, system.stack.erp), _known(system, pairs), weather.seed, weather.edit_s) as people:
        while True:
            for harm in random.sample(weather.harms, len(weather.harms)):
                time.sleep(random.uniform(*weather.pause_s))
                say(harm.name)
                harm.do(system, random)
                people.pairs = _known(system, people.pairs)
            if time.monotonic() > until:
                return people.memory


def _known(system: System, otherwise: dict[Flow, list[Pair]]) -> dict[Flow, list[Pair]]:
    """Return what people can edit: whatever has a link by now."""
    try:
        links = read_links(system.stack.settings).all
    except RetriableError:
        return otherwise
    pairs: dict[Flow, list[Pair]] = {flow: [] for flow in FLOWS}
    for link in links:
        pairs[link.flow].append({side: found for side in SIDES if (found := link.side(side).id)})
    return {flow: many or otherwise[flow] for flow, many in pairs.items()}


def _judge(report: Report, evidence: Evidence, memory: Memory, seeds: Seeds, truth: Truth) -> None:
    for newcomer in memory.newcomers:
        if invariants.arrived(evidence, newcomer):
            body = seeds.keap if newcomer.birth.side == "keap" else seeds.erp
            body[COLLECTIONS[newcomer.birth.side][newcomer.birth.flow]].append({})
    verdict, found = judge(evidence.world, evidence.links, seeds, truth), fates(evidence, memory.edits)
    report.figures.rivals, report.figures.overwritten = found.rivals, found.overwritten
    report.violations = {
        "equal": [f"{each.flow}: {each.what}" for each in verdict.differences],
        "lost": found.lost,
        "double": [
            *(f"{each.flow}: {each.what}" for each in verdict.duplicates),
            *invariants.one_record_per_link(evidence),
            *invariants.newcomers_are_pairs(evidence, memory.newcomers),
            *invariants.creates_are_bound(evidence),
        ],
        "early": list(invariants.no_create_before_both_snapshots(evidence)),
        "order": list(invariants.commands_are_numbered(evidence)),
        "waiting": list(invariants.nothing_waits_or_died(evidence)),
        "refused": memory.failures,
    }
