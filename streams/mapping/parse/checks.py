"""What no single row can be checked for: that the rows of a file go together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from schemas.flows import SIDES, Side
from streams.mapping.kinds.currency import Currency
from streams.mapping.parse.document import Node
from streams.mapping.parse.row import Context
from streams.mapping.rows import Row


@dataclass(frozen=True, slots=True)
class Placed:
    """A row and the node it came from."""

    row: Row
    node: Node


def check_rows(placed: Sequence[Placed], context: Context) -> None:
    """Note every fault between rows."""
    _check_twice(placed)
    _check_groups(placed)
    rows = {one.row.name: one.row for one in placed}
    names = context.names.get(context.flow, ())
    for one in placed:
        for default in one.row.default.values():
            if default.row is not None and default.row not in names:
                one.node.fault(f"default: `{default.row}` is no row of this file; allowed: {', '.join(names)}")
        if one.row.currency in rows and not isinstance(rows[one.row.currency].kind, Currency):
            one.node.fault(f"currency: `{one.row.currency}` is of another type; allowed: a row of type currency")
        if one.row.derive:
            _check_derive(one.node, one.row.derive, rows, context)


def _check_twice(placed: Sequence[Placed]) -> None:
    """No property is written by two rows; one Keap property may feed several ERP ones, whose paths are the rows' names."""
    owners: dict[tuple[Side, str], Placed] = {}
    for one in placed:
        for side in SIDES:
            path = one.row.path(side)
            if path is None or (side == "keap" and not one.row.writes("keap")):
                continue
            owner = owners.setdefault((side, path), one)
            if owner is not one:
                one.node.fault(f"the {side} property `{path}` has a row already (line {owner.node.line}); allowed: one row per property")


def _check_groups(placed: Sequence[Placed]) -> None:
    """Rows of a group move as one, so they agree in how they move."""
    groups: dict[str, list[Placed]] = {}
    for one in placed:
        if one.row.group:
            groups.setdefault(one.row.group, []).append(one)
    for name, members in groups.items():
        head = members[0].row
        if len(members) == 1:
            members[0].node.fault(f"the group `{name}` has this row only; allowed: two rows or more, or no group")
        for one in members[1:]:
            if (one.row.direction, one.row.policy) != (head.direction, head.policy):
                one.node.fault(f"the rows of group `{name}` move as one: allowed here is {head.direction} with policy {head.policy}")


def _check_derive(node: Node, derive: tuple[str, str], rows: Mapping[str, Row], context: Context) -> None:
    """A derivation goes through a reference row of this flow to a row of the flow that one points into."""
    through, name = derive
    if through not in rows and through in context.names.get(context.flow, ()):
        return  # that row has a fault of its own
    flow = rows[through].kind.reference if through in rows else None
    if flow is None:
        references = ", ".join(row.name for row in rows.values() if row.kind.reference and not row.derive)
        node.fault(f"derive: `{through}` is no reference row of this file; allowed: {references or 'none here'}")
    elif flow in context.names and name not in context.names[flow]:
        node.fault(f"derive: `{name}` is no row of {flow}; allowed: {', '.join(context.names[flow])}")
