"""What it means that a side offers less, and which flows must not run on it.

A create whose reply was lost must not be sent blindly again: it takes an idempotency key, a stamp to look for, or a time of creation by
which to find the young ones. A key alone does not outlive the tables: without match rules only a stamp tells twins after a total loss.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from connectors.base import Traits
from schemas.flows import FLOWS, Flow, Side
from streams.mapping.rows import FlowMapping
from streams.settings import ConnectionSettings, FlowSettings

SideTraits = Mapping[Flow, Traits]


def meanings(traits: SideTraits) -> list[str]:
    """Return a sentence per missing capability, with what keapsync does in its place."""
    one = traits[FLOWS[0]]
    return [sentence for missing, sentence in _lacking(one) if missing] + [*_slow(traits)]


def refusals(name: str, connection: ConnectionSettings, side: Side, mapping: Mapping[Flow, FlowMapping], traits: SideTraits) -> list[str]:
    """Return a sentence per flow that could make a record twice on a side, unless its settings say `best_effort`."""
    flows = [flow for flow, rows in mapping.items() if side in rows.creates]
    careful = [flow for flow in flows if not connection.flows.get(flow, FlowSettings()).best_effort]
    return [
        f"{name}: {flow}: {danger}; connections.{name}.flows.{flow}.best_effort: true runs it all the same"
        for flow in careful
        if (danger := _danger(side, mapping[flow], traits[flow]))
    ]


def _danger(side: Side, rows: FlowMapping, traits: Traits) -> str | None:
    stamped = side in rows.stamp and traits.stamps
    if not (stamped or traits.keys or traits.look_up):
        return f"{side} has neither idempotency keys nor a stamp nor times of creation: a create whose reply is lost could be made twice"
    if not (stamped or rows.match):
        return f"{side} keeps no stamp and the mapping has no match rule: after a loss of the tables every record would be made again"
    return None


def _lacking(traits: Traits) -> Iterator[tuple[bool, str]]:
    yield not traits.versions, "no versions: each write reads and compares first; an edit made in the milliseconds between is overwritten"
    yield not traits.keys, "no idempotency keys: a create whose reply was lost waits for timeout_s and replica_lag_s, then is looked up"
    yield (
        not traits.stamps,
        ("no external_id: a lost create is looked up by its match keys and fields; two equal ones made at once cannot be told apart"),
    )
    yield not traits.look_up, "no times of creation: what a lost create made cannot be told from an older record"
    yield not traits.soft_deletes, "no soft delete: a record that is deleted just disappears, which only full scans show"
    yield not traits.hooks, "no webhooks: an edit is seen at the next poll"


def _slow(traits: SideTraits) -> Iterator[str]:
    for way, what in (
        ("newest_first", "lists are read newest first, until nothing is new"),
        ("scan", "each poll reads every record; a longer poll_s saves calls"),
    ):
        if flows := [flow for flow in FLOWS if traits[flow].changes == way]:
            yield f"no changes since a time ({', '.join(flows)}): {what}"
