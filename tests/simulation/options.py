"""What one world is like: drawn from its seed, before anything happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Any, Final, cast

from schemas.flows import FLOWS, SIDES, Flow, Side, Value
from streams.mapping.active import without
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.mapping.rows import Condition, FlowMapping, Mapping, Policy
from tests.simulation.features import PLAIN, SWITCHES, Features, featured
from tests.simulation.systems import Offers

LAG_MS: Final = 2_000
SKEW_MS: Final = 3_000
FIELDS: Final[dict[Flow, tuple[str, ...]]] = {
    "company": ("name", "email", "notes", "website", "phone_extension", "billing_address.line1", "billing_address.city"),
    "contact": (
        "first_name",
        "last_name",
        "nickname",
        "job_title",
        "customer_id",
        "email",
        "billing_address.line1",
        "billing_address.city",
    ),
    "opportunity": ("title", "contact_id", "customer_id", "status", "notes", "order_date"),
    "product": ("name", "sku", "unit_price", "currency", "description", "short_description", "taxable"),
}
"""The rows of the shipped mapping that the worlds use: one or more of every kind."""
POLICED: Final = ("notes", "nickname", "description", "phone_extension")
"""Rows whose policy differs from world to world."""


@dataclass(frozen=True, slots=True)
class Options:
    """A world's constants."""

    mapping: Mapping
    slots: int
    connections: tuple[str, ...]
    stamps: dict[Side, bool]
    keys: bool
    """The ERP takes idempotency keys."""
    versions: bool
    """The ERP has versions."""
    skew_ms: dict[Side, int]
    habits: bool
    automations: bool
    crowd: int
    """Contacts to begin with."""
    steps: int
    poll_ms: int
    pace_ms: int
    """The longest usual time between two things."""
    faults: float
    deaths: float
    reactions: float
    """How often somebody touches a record the moment we wrote it."""
    total_loss: bool
    delete: float
    merge: float = 0.0
    features: Features = PLAIN


def draw(random: Random, features: Features = PLAIN) -> Options:
    """Return the options of a world; its features are drawn apart, so that they move nothing else."""
    options = _draw(random)
    more = max(options.delete, 0.12) if features.deletes else options.delete
    reactions = max(options.reactions, 0.3) if features.slow else options.reactions
    if features.nervous:
        options = replace(options, pace_ms=50, poll_ms=300)
    return replace(options, mapping=featured(options.mapping, features), delete=more, reactions=reactions, features=features)


def _draw(random: Random) -> Options:
    crowded = random.random() < 0.15
    stamps: dict[Side, bool] = {"keap": random.random() < 0.75, "erp": random.random() < 0.75}
    return Options(
        mapping=_mapping(random, stamps),
        slots=random.choice((1, 2)) if crowded else random.choice((1, 2, 8)),
        connections=("main", "second") if random.random() < 0.2 and not crowded else ("main",),
        stamps=stamps,
        keys=random.random() < 0.7,
        versions=random.random() < 0.8,
        skew_ms={side: random.choice((0, random.randrange(-SKEW_MS, SKEW_MS + 1))) for side in SIDES},
        habits=random.random() < 0.35,
        automations=random.random() < 0.25,
        crowd=random.randrange(10, 20) if crowded else random.randrange(2, 7),
        steps=random.randrange(120, 320),
        poll_ms=random.choice((300, 1000)),
        pace_ms=random.choice((50, 500, 500)),
        faults=random.choice((0.0, 0.02, 0.1)),
        deaths=random.choice((0.0, 0.01, 0.04)),
        reactions=random.choice((0.0, 0.05, 0.2)),
        total_loss=random.random() < 0.12,
        delete=random.choice((0.0, 0.02, 0.08)),
    )


@cache
def _thin() -> Mapping:
    """Return the shipped mapping without the rows nobody edits here."""
    whole = load_mapping(None, MappingOptions())
    return {flow: without(whole[flow], [row for row in whole[flow].rows if row.name not in FIELDS[flow]]) for flow in FLOWS}


def _mapping(random: Random, stamps: dict[Side, bool]) -> Mapping:
    policies = {name: random.choice(("newest", "keap", "erp", "fill-empty")) for name in POLICED}
    one_way = {"website": "to_erp", "job_title": "to_keap"} if random.random() < 0.3 else {}
    filtered = random.random() < 0.2
    return {flow: _flow(_thin()[flow], policies, one_way, stamps, filtered=filtered) for flow in FLOWS}


def _flow(flow: FlowMapping, policies: dict[str, str], one_way: dict[str, str], stamps: dict[Side, bool], *, filtered: bool) -> FlowMapping:
    rows = tuple(
        replace(row, policy=cast("Policy", policies.get(row.name, row.policy)), direction=cast("Any", one_way.get(row.name, row.direction)))
        if row.name in policies or row.name in one_way
        else row
        for row in flow.rows
    )
    # An order has no match rules: its target always has a stamp (`check` insists on one).
    stamp = {side: path for side, path in flow.stamp.items() if stamps[side] or (flow.flow, side) == ("opportunity", "erp")}
    creates = flow.creates
    if filtered and flow.flow == "opportunity":
        creates = {"erp": (Condition("filter", equals={"status": ("won", "invoiced")}),)}
    return replace(flow, rows=rows, stamp=stamp, creates=creates)


def offers(options: Options, side: Side) -> Offers:
    """Return what a side is like. Keap rounds times and has no versions, in most worlds no keys; the ERP tells of deletions in most."""
    erp = side == "erp"
    return Offers(
        versions=erp and options.versions,
        keys=options.keys if erp else options.features.keap_keys,
        stamps={flow: path for flow, mapping in options.mapping.items() if (path := mapping.stamp.get(side))},
        rounded=not erp,
        lag_ms=LAG_MS,
        skew_ms=options.skew_ms[side],
        habit=habit(options, side),
        forgets=not erp or options.features.erp_forgets,
        switches=SWITCHES[side] if options.features.deletes else frozenset(),
    )


def habit(options: Options, side: Side) -> Callable[[str, Value], Value]:
    """Return how a side stores values: the ERP of some worlds writes names of places in capitals, Keap trims."""
    if not options.habits:
        return lambda _, value: value
    if side == "erp":
        return lambda path, value: value.upper() if isinstance(value, str) and path.endswith(("city", "nickname")) else value
    return lambda _, value: value.strip() if isinstance(value, str) else value
