"""What the generators hand out: the bodies of both servers' `POST /_sandbox/seed`, and the truth about them.

Records are named by their place in the seed until the servers have given them ids.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

Document = dict[str, Any]
Body = dict[str, list[Document]]
Ids = dict[str, list[str]]

COLLECTIONS: Final = {
    "keap": {"company": "companies", "contact": "contacts", "opportunity": "opportunities", "product": "products"},
    "erp": {"company": "customers", "contact": "contacts", "opportunity": "orders", "product": "products"},
}
"""Side -> flow -> the name of its collection in a seed."""


@dataclass(frozen=True, slots=True)
class Group:
    """Records that may be the same thing, in a way that nobody can tell: they are left for review."""

    keap: tuple[Any, ...]
    erp: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Truth:
    """Which records are twins. Places in the seed at first (int), ids once `named` (str).

    Attributes:
        pairs: flow -> (Keap record, ERP record).
        ambiguous: flow -> groups for review.
    """

    pairs: dict[str, list[tuple[Any, Any]]] = field(default_factory=dict)
    ambiguous: dict[str, list[Group]] = field(default_factory=dict)

    def named(self, keap: Ids, erp: Ids) -> Truth:
        """Return the truth in ids, given what the servers answered to their seeds."""
        pairs, ambiguous = {}, {}
        for flow in COLLECTIONS["keap"]:
            ours, theirs = keap.get(COLLECTIONS["keap"][flow], []), erp.get(COLLECTIONS["erp"][flow], [])
            pairs[flow] = [(ours[one], theirs[two]) for one, two in self.pairs.get(flow, ())]
            ambiguous[flow] = [
                Group(tuple(ours[one] for one in group.keap), tuple(theirs[two] for two in group.erp))
                for group in self.ambiguous.get(flow, ())
            ]
        return Truth(pairs, ambiguous)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a thing stands in each side's seed; None where it is not."""

    keap: int | None = None
    erp: int | None = None


@dataclass(frozen=True, slots=True)
class Seeds:
    """The bodies for both servers and the truth about them."""

    keap: Body = field(default_factory=lambda: {name: [] for name in COLLECTIONS["keap"].values()})
    erp: Body = field(default_factory=lambda: {name: [] for name in COLLECTIONS["erp"].values()})
    truth: Truth = field(default_factory=Truth)

    def add(self, flow: str, *, keap: Document | None = None, erp: Document | None = None) -> Spot:
        """Add one thing to one side or both; on both it is a true pair."""
        spot = Spot(self._append("keap", flow, keap), self._append("erp", flow, erp))
        if spot.keap is not None and spot.erp is not None:
            self.truth.pairs.setdefault(flow, []).append((spot.keap, spot.erp))
        return spot

    def add_ambiguous(self, flow: str, *, keap: list[Document], erp: list[Document]) -> None:
        """Add records that nobody can tell apart."""
        places = [tuple(self._append(side, flow, each) for each in many) for side, many in (("keap", keap), ("erp", erp))]
        self.truth.ambiguous.setdefault(flow, []).append(Group(*places))

    def _append(self, side: str, flow: str, document: Document | None) -> int | None:
        if document is None:
            return None
        collection = (self.keap if side == "keap" else self.erp)[COLLECTIONS[side][flow]]
        collection.append(document)
        return len(collection) - 1


def reference(side: str, flow: str, place: int | None) -> Document | None:
    """Return what stands for another record of the same seed, None for none."""
    return None if place is None else {"$ref": [COLLECTIONS[side][flow], place]}
