"""What the demo promises, held against what both systems and the link table show in the end."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from console.audit import Difference, World
from console.read_model import Links
from console.read_model.links import refs
from sandbox.data import COLLECTIONS, Seeds, Truth
from sandbox.demo.edits import Edit
from schemas.flows import FLOWS, SIDES, Flow, Side, entity_of
from streams.sync.state import Link

NOT_FROM_ERP: tuple[Flow, ...] = ("opportunity",)
"""Flows whose ERP records get no twin in Keap."""


@dataclass(slots=True)
class Verdict:
    """The end of a demo."""

    pairs: Counter[Flow] = field(default_factory=Counter)
    reviews: Counter[Flow] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    duplicates: list[Difference] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything is as promised."""
        return not self.differences and not self.duplicates

    @property
    def line(self) -> str:
        """The last line of the demo."""
        count = sum(self.pairs.values())
        return f"demo: {count} pairs, {len(self.differences)} differences, {len(self.duplicates)} duplicates"


def judge(world: World, links: Links, seeds: Seeds, truth: Truth) -> Verdict:
    """Compare all pairs field by field, and hold links and records against the truth."""
    verdict = Verdict()
    for link in links.all:
        if link.state == "linked":
            verdict.pairs[link.flow] += 1
            verdict.differences += world.differences(link)
        verdict.reviews[link.flow] += link.state == "review"
        verdict.differences += [
            Difference(link.flow, f"{ref}: {link.side(side).blocked}") for side, ref in refs(link).items() if link.side(side).blocked
        ]
    by_ref = {ref: link for link in links.all for ref in refs(link).values()}
    for flow in FLOWS:
        verdict.differences += _untrue(flow, by_ref, truth)
        verdict.differences += _alone(flow, world, by_ref, truth)
        verdict.duplicates += _doubled(flow, world, seeds)
    verdict.duplicates += _twice(links)
    return verdict


def lost_edits(world: World, edits: list[Edit]) -> list[Difference]:
    """Return the edits that their own side no longer shows; that the other side shows the same is for `judge`."""
    lost = []
    for edit in edits:
        flow = edit.link.flow
        now = world.shown(flow, edit.side, edit.link.side(edit.side).id, edit.row)
        if not world.same(flow, edit.row, now, edit.value):
            lost.append(Difference(flow, f"the edit of {edit.row} in {edit.side} is lost: {edit.value!r} became {now!r}"))
    return lost


def _ref(side: Side, flow: Flow, record_id: str) -> str:
    return f"{side}/{entity_of(flow, side)}/{record_id}"


def _untrue(flow: Flow, by_ref: dict[str, Link], truth: Truth) -> list[Difference]:
    """Return true pairs that are not linked, and ambiguous records that are not in review with their candidates."""
    found = []
    for one, two in truth.pairs.get(flow, ()):
        link = by_ref.get(_ref("keap", flow, one))
        if link is None or link.erp.id != two or link.state != "linked":
            found.append(Difference(flow, f"true pair keap {one}, erp {two} is not linked"))
    for group in truth.ambiguous.get(flow, ()):
        members = {_ref("keap", flow, one) for one in group.keap} | {_ref("erp", flow, two) for two in group.erp}
        for member in sorted(members):
            link = by_ref.get(member)
            if link is None or link.state != "review" or not members <= {member, *link.candidates}:
                found.append(Difference(flow, f"{member} is not in review with all of {', '.join(sorted(members))}"))
    return found


def _alone(flow: Flow, world: World, by_ref: dict[str, Link], truth: Truth) -> list[Difference]:
    """Return records that should have a twin by now and have none."""
    doubtful = {_ref("keap", flow, one) for group in truth.ambiguous.get(flow, ()) for one in group.keap}
    doubtful |= {_ref("erp", flow, two) for group in truth.ambiguous.get(flow, ()) for two in group.erp}
    sides: tuple[Side, ...] = ("keap",) if flow in NOT_FROM_ERP else SIDES
    shown = [_ref(side, flow, record_id) for side in sides for record_id in world.records[side, flow]]
    alone = [ref for ref in shown if ref not in doubtful and (ref not in by_ref or by_ref[ref].state != "linked")]
    return [Difference(flow, f"{ref} has no twin: {_why(by_ref.get(ref))}") for ref in alone]


def _why(link: Link | None) -> str:
    return "no link" if link is None else f"{link.state}, {link.gate or link.reason}"


def _doubled(flow: Flow, world: World, seeds: Seeds) -> list[Difference]:
    """Return one entry per record that is too many: every record has one twin, made or found."""
    counts = expected_counts(seeds)
    return [
        Difference(flow, f"{len(world.records[side, flow])} records in {side} where there should be {counts[side, flow]}")
        for side in SIDES
        for _ in range(len(world.records[side, flow]) - counts[side, flow])
    ]


def _twice(links: Links) -> list[Difference]:
    """Return the records that belong to two links."""
    owners = Counter(ref for link in links.all for ref in refs(link).values())
    flows = {ref: link.flow for link in links.all for ref in refs(link).values()}
    return [Difference(flows[ref], f"{ref} is linked {count} times") for ref, count in owners.items() if count > 1]


def expected_counts(seeds: Seeds) -> dict[tuple[Side, Flow], int]:
    """Return how many records each side has in the end."""
    counts: dict[tuple[Side, Flow], int] = {}
    for flow in FLOWS:
        keap, erp = len(seeds.keap[COLLECTIONS["keap"][flow]]), len(seeds.erp[COLLECTIONS["erp"][flow]])
        pairs, groups = len(seeds.truth.pairs.get(flow, ())), seeds.truth.ambiguous.get(flow, ())
        counts["erp", flow] = erp + keap - pairs - sum(len(group.keap) for group in groups)
        made = 0 if flow in NOT_FROM_ERP else erp - pairs - sum(len(group.erp) for group in groups)
        counts["keap", flow] = keap + made
    return counts
