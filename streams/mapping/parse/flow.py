"""A whole mapping file to a FlowMapping, with the checks that no single row can make."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

from schemas.flows import SIDES, Side
from streams.mapping.parse.document import Node
from streams.mapping.parse.row import Context, parse_row
from streams.mapping.parse.rules import parse_create, parse_match, parse_stamp
from streams.mapping.rows import FlowMapping, Row

KEYS: Final = ("rows", "match", "create", "stamp", "priority")


@dataclass(frozen=True, slots=True)
class _Placed:
    """A row and the node it came from."""

    row: Row
    node: Node


def parse(document: Node, context: Context) -> FlowMapping:
    """Return the mapping of a file; it is whole only when `document.faults` is still empty."""
    said = document.entries(KEYS)
    placed = _rows(document, said, context)
    rows = {one.row.name: one.row for one in placed}
    match = parse_match(said["match"], rows) if "match" in said else ()
    creates = parse_create(said["create"], rows) if "create" in said else {}
    stamp = parse_stamp(said["stamp"], context) if "stamp" in said else {}
    if not match and (bare := [side for side in SIDES if side in creates and side not in stamp]):
        # A key alone does not survive a total loss of state.
        document.fault(f"records created in {bare[0]} could never be found again: give a `match` rule or a `stamp` there")
    priority = said["priority"].choice(SIDES) if "priority" in said else None
    return FlowMapping(context.flow, tuple(rows.values()), match, creates, stamp, cast("Side", priority or "erp"))


def names_of(document: Node) -> list[str]:
    """Return the ERP names of a file's rows, without a word about faults."""
    rows = document.value.get("rows") if isinstance(document.value, dict) else None
    return [str(row["erp"]) for row in rows or () if isinstance(row, dict) and "erp" in row] if isinstance(rows, list) else []


def _rows(document: Node, said: dict[str, Node], context: Context) -> list[_Placed]:
    if "rows" not in said:
        document.fault("a mapping file needs `rows`, one per pair of properties")
        return []
    items = said["rows"].items()
    placed = [_Placed(row, node) for node in items if (row := parse_row(node, context)) is not None]
    _check_twice(placed)
    _check_groups(placed)
    for one in placed:
        _check_named(one, {other.row.name: other.row for other in placed}, context)
    return placed


def _check_twice(placed: Sequence[_Placed]) -> None:
    """No property is written by two rows; one Keap property may feed several ERP ones, whose paths are the rows' names."""
    owners: dict[tuple[Side, str], _Placed] = {}
    for one in placed:
        for side in SIDES:
            path = one.row.path(side)
            if path is None or (side == "keap" and not one.row.writes("keap")):
                continue
            owner = owners.setdefault((side, path), one)
            if owner is not one:
                one.node.fault(f"the {side} property `{path}` has a row already (line {owner.node.line}); allowed: one row per property")


def _check_groups(placed: Sequence[_Placed]) -> None:
    """Rows of a group move as one, so they agree in how they move."""
    groups: dict[str, list[_Placed]] = {}
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


def _check_named(one: _Placed, rows: dict[str, Row], context: Context) -> None:
    """What a row says of other rows exists: the source of a default, both ends of a derivation."""
    for default in one.row.default.values():
        if default.row is not None and default.row not in rows:
            one.node.fault(f"default: `{default.row}` is no row of this file; allowed: {', '.join(rows)}")
    if one.row.derive is None:
        return
    through, name = one.row.derive
    flow = rows[through].kind.reference if through in rows else None
    if flow is None:
        references = ", ".join(row.name for row in rows.values() if row.kind.reference and not row.derive)
        one.node.fault(f"derive: `{through}` is no reference row of this file; allowed: {references or 'none here'}")
    elif flow in context.names and name not in context.names[flow]:
        one.node.fault(f"derive: `{name}` is no row of {flow}; allowed: {', '.join(context.names[flow])}")
