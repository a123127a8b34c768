"""What operators and the edges add to a world: each drawn for itself, and nothing in half of the worlds, which stay simple."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from random import Random
from typing import Final, Literal, cast

from schemas.flows import FLOWS, Flow, Side
from streams.mapping.kinds.text import Text
from streams.mapping.load import load_mapping
from streams.mapping.options import MappingOptions
from streams.mapping.rows import ACTIVE, DeletePolicy, FlowMapping, Mapping, Row
from streams.sync.turn import Limit

SWITCHES: Final[dict[Side, frozenset[Flow]]] = {"keap": frozenset({"product"}), "erp": frozenset({"company", "product"})}
"""Flows whose records can be switched off."""
FITS: Final = 13
"""Characters: most of what people type fits, with a number of three digits or a space behind it no more."""
LONG: Final = ("nickname", "notes")
"""Rows with a limit of length."""
MANUAL: Final = ("name", "notes", "nickname", "description", "billing_address.line1", "billing_address.city")
"""Rows whose conflicts may wait for an operator; an address is one group."""
WINDOW_MS: Final = 20_000
NO_LIMIT: Final = Limit()


@dataclass(frozen=True, slots=True)
class Features:
    """A world's; by default none."""

    seed: int = 0
    """Of what happens because of them."""
    deletes: dict[Flow, dict[Side, DeletePolicy]] = field(default_factory=dict)
    approve: frozenset[Flow] = frozenset()
    """Flows in plan mode."""
    manual: frozenset[str] = frozenset()
    updates: Limit = NO_LIMIT
    removals: Limit = NO_LIMIT
    """Deletes and switching off."""
    fights: bool = False
    """Both sides' automations insist on notes of their own."""
    partial: bool = False
    """Full listings break off at times."""
    hooks: bool = False
    stale: bool = False
    """What is asked for by its id comes from a replica that lags, too."""
    calls_per_day: int | None = None
    too_long: Literal["fail", "truncate"] | None = None
    nervous: bool = False
    """Somebody puts his own words back the moment we wrote over them."""
    slow: bool = False
    """Answers to writes take seconds, while others read what was written."""
    words: bool = False
    """People invent stages and statuses."""
    replays: bool = False
    """An operator puts old changes into the topic again, while new ones arrive."""
    pauses: bool = False
    """Pollers and writers are paused at times, and go on beside their successors."""
    erp_changes: Literal["since", "newest_first", "scan"] = "since"
    """How the ERP's lists tell what changed."""
    erp_forgets: bool = False
    """The ERP's lists do not show what was deleted."""
    keap_keys: bool = False
    """Keap takes idempotency keys: it does not, but a side's stamps and keys have nothing to do with each other."""
    twice: bool = False
    """People type the same into both systems, and think better of it."""

    @property
    def restless(self) -> bool:
        """Tell whether more happens than in a plain world."""
        return self is not PLAIN


PLAIN: Final = Features()


def draw_features(random: Random) -> Features:
    """Return the features of a world, each drawn for itself."""

    def chosen(share: float = 0.25) -> bool:
        return random.random() < share

    if chosen(0.5):
        return PLAIN
    deletes, hooks = _deletes(random) if chosen(0.4) else {}, chosen(0.3)
    return Features(
        seed=random.randrange(2**32),
        deletes=deletes,
        approve=frozenset(flow for flow in FLOWS if chosen(0.5)) if chosen() else frozenset(),
        manual=frozenset(MANUAL) if chosen() else frozenset(),
        updates=_limit(random, (2, 4)) if chosen() else NO_LIMIT,
        removals=_limit(random, (1, 2)) if deletes and chosen(0.4) else NO_LIMIT,
        fights=chosen(0.15),
        partial=chosen(),
        hooks=hooks,
        stale=chosen(0.3),
        calls_per_day=random.choice((60, 200)) if chosen(0.4 if hooks else 0.1) else None,
        too_long=random.choice(("fail", "truncate")) if chosen() else None,
        nervous=chosen(),
        slow=chosen(),
        words=chosen(0.2),
        replays=chosen(),
        pauses=chosen(0.4),
        erp_changes=random.choice(("newest_first", "scan")) if chosen() else "since",
        erp_forgets=chosen(),
        keap_keys=chosen(),
        twice=chosen(),
    )


def _limit(random: Random, counts: tuple[int, ...]) -> Limit:
    return Limit(random.choice(counts), random.choice((0.0, 0.3)), WINDOW_MS)


def _deletes(random: Random) -> dict[Flow, dict[Side, DeletePolicy]]:
    """Draw a policy for each flow and side."""
    drawn: dict[Flow, dict[Side, DeletePolicy]] = {}
    for flow in FLOWS:
        for side, switched in SWITCHES.items():
            allowed: tuple[DeletePolicy, ...] = ("keep", "delete", "deactivate" if flow in switched else "delete")
            drawn.setdefault(flow, {})[side] = random.choice(allowed)
    return drawn


@cache
def _active() -> Row:
    """Return the shipped row of `active`, which only worlds that switch off use."""
    return load_mapping(None, MappingOptions())["product"].row(ACTIVE)


def featured(mapping: Mapping, features: Features) -> Mapping:
    """Return a mapping as the features want it."""
    return mapping if features is PLAIN else {flow: _flow(one, features) for flow, one in mapping.items()}


def _flow(flow: FlowMapping, features: Features) -> FlowMapping:
    rows = tuple(_row(row, features) for row in flow.rows)
    if features.deletes and flow.flow == "product":
        rows = (*rows, _active())
    return replace(flow, rows=rows, deletes=features.deletes.get(flow.flow, {}))


def _row(row: Row, features: Features) -> Row:
    if row.name in features.manual and row.direction == "both":
        row = replace(row, policy="manual")
    if features.too_long and row.name in LONG:
        row = replace(row, kind=replace(cast("Text", row.kind), length=FITS, cut=features.too_long == "truncate"))
    return row
