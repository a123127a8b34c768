"""What a run would do, per flow."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from schemas.flows import FLOWS, Flow, Side, flow_of
from schemas.records import Command, JournalEntry
from streams.sync.state import Link
from streams.sync.turn import Letter


@dataclass(slots=True)
class FlowPlan:
    """One flow's share of a plan."""

    read: Counter[Side] = field(default_factory=Counter)
    linked: dict[str, str] = field(default_factory=dict)
    """link -> the rule that would pair its records."""
    creates: dict[Side, list[Command]] = field(default_factory=lambda: {"keap": [], "erp": []})
    updates: dict[Side, list[Command]] = field(default_factory=lambda: {"keap": [], "erp": []})
    reviews: list[Link] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)
    """gate -> links that would wait there."""
    refused: list[Letter] = field(default_factory=list)


@dataclass(slots=True)
class Plan:
    """Everything a run would do from what both sides show now."""

    flows: dict[Flow, FlowPlan] = field(default_factory=lambda: {flow: FlowPlan() for flow in FLOWS})

    def note_command(self, command: Command) -> None:
        """Note a call that would be made; reads change nothing."""
        plan = self.flows[flow_of(command.side, command.entity)]
        if command.op == "create":
            plan.creates[command.side].append(command)
        elif command.op == "update":
            plan.updates[command.side].append(command)

    def note_journal(self, entry: JournalEntry) -> None:
        """Note a pair that a rule would make; what a create makes is counted as a create."""
        if entry.kind == "linked" and not entry.detail.startswith("by create"):
            self.flows[entry.flow].linked[entry.link] = entry.detail

    def note_end(self, link: Link) -> None:
        """Note where a link would stand in the end."""
        plan = self.flows[link.flow]
        if link.state == "review":
            plan.reviews.append(link)
        elif link.state == "half" and link.gate is not None:
            plan.waiting[link.gate.split("/", 1)[0]] += 1
