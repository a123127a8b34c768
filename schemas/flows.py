"""The four flows, the two sides, and what a record is called on each."""

from __future__ import annotations

from typing import Final, Literal, get_args

Side = Literal["keap", "erp"]
Flow = Literal["company", "contact", "opportunity", "product"]
Value = None | bool | int | str
"""A native or canonical value; decimals and instants travel as strings, floats never."""
Fields = dict[str, Value]
"""Flat map: path -> value, list slots by name (`email_addresses.EMAIL1.email`)."""

SIDES: Final[tuple[Side, ...]] = get_args(Side)
FLOWS: Final[tuple[Flow, ...]] = get_args(Flow)

ENTITIES: Final[dict[Side, dict[Flow, str]]] = {
    "keap": {"company": "company", "contact": "contact", "opportunity": "opportunity", "product": "product"},
    "erp": {"company": "customer", "contact": "contact", "opportunity": "order", "product": "product"},
}
_FLOW_OF: Final = {(side, entity): flow for side, names in ENTITIES.items() for flow, entity in names.items()}


def entity_of(flow: Flow, side: Side) -> str:
    """Return what a flow's records are called on a side: ("company", "erp") -> "customer"."""
    return ENTITIES[side][flow]


def flow_of(side: Side, entity: str) -> Flow:
    """Return the flow of a side's entity; raises KeyError for an entity that is not synchronised."""
    return _FLOW_OF[side, entity]


def other(side: Side) -> Side:
    """Return the opposite side."""
    return "erp" if side == "keap" else "keap"
